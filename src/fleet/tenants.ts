import type { Executor } from '../database/client.ts';
import type { Tenant } from '../tenancy/tenant.ts';
import { fleetProblems, quoted } from './errors.ts';

/** A tenant with all that the catalog knows of it. */
export interface TenantRecord extends Tenant {
  readonly createdAt: Date;
  /** In alphabetical order. */
  readonly domains: readonly string[];
  readonly members: number;
  /** The name of what it pays for; null for none. */
  readonly plan: string | null;
  /** What the last migration failed with; null when it did not. */
  readonly migrationError: unknown;
}

const RECORD = `
  select t.id, t.slug, t.name, t.status, t.schema_version as "schemaVersion", t.schema_hash as "schemaHash",
    t.migration_error is not null as "migrationFailed", t.migration_error as "migrationError",
    t.created_at as "createdAt", t.plan,
    coalesce((select p.limits from insula.plan p where p.name = t.plan), '{}') || t.limits as limits,
    array(select d.domain from insula.domain d where d.tenant = t.id order by d.domain) as domains,
    (select count(*)::int from insula.membership m where m.tenant = t.id) as members
  from insula.tenant t`;

/** All tenants in the order of their slugs. */
export async function listTenants(client: Executor): Promise<TenantRecord[]> {
  return (await client.query<TenantRecord>(`${RECORD} order by t.slug`)).rows;
}

/** The tenant with this slug or id, or undefined. */
export async function findTenant(client: Executor, slugOrId: string): Promise<TenantRecord | undefined> {
  // A slug has no underscore, an id has one: they can't be confused.
  return (await client.query<TenantRecord>(`${RECORD} where $1 in (t.slug, t.id)`, [slugOrId])).rows[0];
}

/**
 * The tenant with this slug or id.
 *
 * @throws Problem `TENANT_NOT_FOUND`
 */
export async function showTenant(client: Executor, slugOrId: string): Promise<TenantRecord> {
  const tenant = await findTenant(client, slugOrId);
  if (!tenant) throw fleetProblems.TENANT_NOT_FOUND(`There is no tenant ${quoted(slugOrId)}.`);
  return tenant;
}

/**
 * Refuses every request of the tenant from now on; its data stays. Does nothing when it is suspended.
 *
 * @throws Problem `TENANT_NOT_FOUND`
 */
export function suspendTenant(client: Executor, slugOrId: string): Promise<TenantRecord> {
  return setStatus(client, slugOrId, 'suspended');
}

/**
 * Ends a suspension. Does nothing when there is none.
 *
 * @throws Problem `TENANT_NOT_FOUND`
 */
export function resumeTenant(client: Executor, slugOrId: string): Promise<TenantRecord> {
  return setStatus(client, slugOrId, 'active');
}

async function setStatus(
  client: Executor,
  slugOrId: string,
  status: Tenant['status'],
): Promise<TenantRecord> {
  const tenant = await showTenant(client, slugOrId);
  if (tenant.status === status) return tenant;
  await client.query('update insula.tenant set status = $2 where id = $1', [tenant.id, status]);
  return { ...tenant, status };
}
