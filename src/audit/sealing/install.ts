import { readFileSync } from 'node:fs';
import pg from 'pg';
import type { Executor } from '../../database/client.ts';

const read = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8');
const DIGESTS = read('./digests.sql').replace(/^--.*\n/gm, '');
const FUNCTIONS = read('./functions.sql').replaceAll(":'digests'", () => pg.escapeLiteral(DIGESTS));

/** Installs what seals audit trails. Run as insula_owner after the catalog and the opener; may be run again. */
export async function installSealing(client: Executor): Promise<void> {
  await client.query(FUNCTIONS);
}

/** The statement that counts and digests a part of a tenant's trail: segment `$1`, from id `$2` to below `$3`. */
export function digestsOf(tenant: string): string {
  return DIGESTS.replaceAll('%1$I', () => pg.escapeIdentifier(tenant));
}
