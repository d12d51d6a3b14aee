import { readFileSync } from 'node:fs';
import type { Executor } from '../database/client.ts';

const TENANT_ROLE_SQL = readFileSync(new URL('./tenant-role.sql', import.meta.url), 'utf8');

/** Installs what makes tenants' roles. As a superuser, after the catalog's schema; may be run again. */
export async function installTenantRole(client: Executor): Promise<void> {
  await client.query(TENANT_ROLE_SQL);
}

/** Makes the role of a new tenant and lets the gateway take it. As insula_owner. */
export async function createTenantRole(client: Executor, tenant: string): Promise<void> {
  await client.query('select insula.create_tenant_role($1)', [tenant]);
}
