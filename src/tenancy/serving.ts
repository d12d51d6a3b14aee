import type { Tenant } from './tenant.ts';

/** What the running gateway's modules expect of a tenant's schema. */
export interface ExpectedSchema {
  /** How many migrations. */
  readonly version: number;
  /** Digest of those migrations. */
  readonly hash: string;
}

/**
 * Whether requests of a tenant can be served.
 *
 * A schema that is ahead is served: during a rolling deploy the database is migrated before the last old gateway has
 * gone, and migrations first only add. A schema that is behind, that has as many but other migrations, or whose
 * migration failed is not.
 */
export function servable(
  tenant: Pick<Tenant, 'status' | 'schemaVersion' | 'schemaHash' | 'migrationFailed'>,
  expected: ExpectedSchema,
): 'active' | 'suspended' | 'migrating' {
  if (tenant.status === 'suspended') return 'suspended';
  if (tenant.migrationFailed || tenant.schemaVersion < expected.version) return 'migrating';
  if (tenant.schemaVersion === expected.version && tenant.schemaHash !== expected.hash) return 'migrating';
  return 'active';
}
