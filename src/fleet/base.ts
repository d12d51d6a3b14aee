import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { auditObjects, renderForTenant } from '../audit/render.ts';
import { jobObjects } from '../jobs/outbox.ts';

const TENANT_SQL = readFileSync(new URL('./tenant.sql', import.meta.url), 'utf8');

/**
 * The statements that make what every tenant has besides its modules' tables: the audit trail, the way to the jobs, the
 * stored replies. Run as insula_owner in the tenant's schema; may be run again, and brings an older tenant up to date.
 */
export function baseObjects(tenant: string): string {
  return [auditObjects(tenant), jobObjects(tenant), renderForTenant(TENANT_SQL, tenant)].join('\n');
}

/** Digest of these statements: a tenant that was made, or last migrated, with others needs them again. */
export const BASE_HASH = createHash('sha256').update(baseObjects('tenant')).digest('hex');
