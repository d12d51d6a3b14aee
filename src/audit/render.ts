import { readFileSync } from 'node:fs';
import pg from 'pg';

const TENANT_SQL = readFileSync(new URL('./tenant.sql', import.meta.url), 'utf8');

/**
 * Puts a tenant's id in place of `:"tenant"`, as a quoted name, and of `:'tenant'`, as a text: psql's way to write it. Any
 * other `:"name"` becomes that name with the id at its end, which no other tenant has.
 */
export function renderForTenant(sql: string, tenant: string): string {
  return sql
    .replaceAll(':"tenant"', pg.escapeIdentifier(tenant))
    .replaceAll(":'tenant'", pg.escapeLiteral(tenant))
    .replace(/:"([a-z_]+)"/g, (_match, name: string) => pg.escapeIdentifier(`${name}_${tenant}`));
}

/** The statements that make the audit trail of a tenant whose schema and role exist. Run as insula_owner. */
export function auditObjects(tenant: string): string {
  return renderForTenant(TENANT_SQL, tenant);
}
