import { readFileSync } from 'node:fs';
import type { Executor } from '../../database/client.ts';

const read = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8');
const CATALOG_SQL = [read('./tables.sql'), read('./generation.sql'), read('./grants.sql')].join('\n');

/** Installs the catalog. Run as insula_owner; may be run again. */
export async function installCatalog(client: Executor): Promise<void> {
  await client.query(CATALOG_SQL);
}
