import { readFileSync } from 'node:fs';
import type { Executor } from '../../database/client.ts';

const ACCESS_SQL = readFileSync(new URL('./access.sql', import.meta.url), 'utf8');

/** Installs the tenants' way to their members and API keys. Run as insula_owner after the opener; may be run again. */
export async function installAccess(client: Executor): Promise<void> {
  await client.query(ACCESS_SQL);
}
