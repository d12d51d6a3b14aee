import type { WrappedKey } from '../../encryption/master-keys.ts';
import { readLimits } from '../limits.ts';
import type { ApiKey, Membership, Tenant } from '../tenant.ts';
import type { Reading } from './cache.ts';
import type { DirectoryConnections, Row } from './connections.ts';
import { WRAPPED_KEY, wrappedKeyOf } from './wrapped-key.ts';

/** The questions that the gateway asks the catalog, each answered with the generation of its own snapshot. */
export interface CatalogReads {
  generation(): Promise<bigint>;
  tenantBySlug(slug: string): Promise<Reading<Tenant>>;
  tenantById(id: string): Promise<Reading<Tenant>>;
  tenantByDomain(domain: string): Promise<Reading<Tenant>>;
  membership(tenant: string, subject: string): Promise<Reading<Membership>>;
  apiKey(id: string): Promise<Reading<ApiKey>>;
  membersOf(tenant: string): Promise<Membership[]>;
  membershipsOf(subject: string): Promise<{ tenant: Tenant; roles: readonly string[] }[]>;
  wrappedKey(tenant: string): Promise<WrappedKey | undefined>;
}

const TENANT = `t.id, t.slug, t.name, t.status, t.schema_version, t.schema_hash, t.migration_error is not null as failed,
  coalesce((select p.limits from insula.plan p where p.name = t.plan), '{}') || t.limits as limits`;

// Each is one row of insula.generation with at most one row that a unique index finds.
const GENERATION = 'select n from insula.generation';
const BY_SLUG = `select g.n, ${TENANT} from insula.generation g left join insula.tenant t on t.slug = $1`;
const BY_ID = `select g.n, ${TENANT} from insula.generation g left join insula.tenant t on t.id = $1`;
const BY_DOMAIN = `
  select g.n, ${TENANT}
  from insula.generation g
  left join insula.domain d on d.domain = $1
  left join insula.tenant t on t.id = d.tenant`;
const MEMBERSHIP = `
  select g.n, m.roles
  from insula.generation g
  left join insula.membership m on m.tenant = $1 and m.subject = $2`;
const API_KEY = `
  select g.n, k.tenant, k.hash, k.permissions, k.expires_at
  from insula.generation g
  left join insula.api_key k on k.id = $1`;
const MEMBERS_OF =
  'select m.subject, m.roles from insula.membership m where m.tenant = $1 order by m.subject';
const MEMBERSHIPS_OF = `
  select ${TENANT}, m.roles
  from insula.membership m
  join insula.tenant t on t.id = m.tenant
  where m.subject = $1
  order by t.slug`;

/**
 * The catalog's questions over these connections.
 *
 * Every one of them throws Problem `DATABASE_UNAVAILABLE` when the database can't be reached, and Error when the
 * catalog is not installed.
 */
export function createCatalogReads(connections: DirectoryConnections): CatalogReads {
  async function one(text: string, ...values: string[]): Promise<Row> {
    const [row] = await connections.query(text, values);
    if (!row) throw new Error('The catalog has no generation: it is not installed completely.');
    return row;
  }

  async function tenant(text: string, value: string): Promise<Reading<Tenant>> {
    const row = await one(text, value);
    return { generation: generationOf(row), value: row.id === null ? undefined : tenantOf(row) };
  }

  return {
    generation: async () => generationOf(await one(GENERATION)),
    tenantBySlug: (slug) => tenant(BY_SLUG, slug),
    tenantById: (id) => tenant(BY_ID, id),
    tenantByDomain: (domain) => tenant(BY_DOMAIN, domain),
    async membership(tenant, subject) {
      const row = await one(MEMBERSHIP, tenant, subject);
      const value = row.roles === null ? undefined : { tenant, subject, roles: rolesOf(row) };
      return { generation: generationOf(row), value };
    },
    async apiKey(id) {
      const row = await one(API_KEY, id);
      return { generation: generationOf(row), value: row.hash === null ? undefined : apiKeyOf(id, row) };
    },
    async membersOf(tenant) {
      const rows = await connections.query(MEMBERS_OF, [tenant]);
      return rows.map((row) => ({ tenant, subject: String(row.subject), roles: rolesOf(row) }));
    },
    async membershipsOf(subject) {
      const rows = await connections.query(MEMBERSHIPS_OF, [subject]);
      return rows.map((row) => ({ tenant: tenantOf(row), roles: rolesOf(row) }));
    },
    wrappedKey: async (tenant) => wrappedKeyOf(await connections.query(WRAPPED_KEY, [tenant])),
  };
}

function generationOf(row: Row): bigint {
  return BigInt(String(row.n));
}

function tenantOf(row: Row): Tenant {
  return {
    id: String(row.id),
    slug: String(row.slug),
    name: String(row.name),
    // Whatever else the column might hold one day is not served.
    status: row.status === 'active' ? 'active' : 'suspended',
    schemaVersion: Number(row.schema_version),
    schemaHash: String(row.schema_hash),
    migrationFailed: row.failed === true,
    limits: readLimits(row.limits),
  };
}

function apiKeyOf(id: string, row: Row): ApiKey {
  const { tenant, hash, permissions, expires_at: expiresAt } = row;
  if (!Buffer.isBuffer(hash) || !(expiresAt instanceof Date))
    throw new Error('An API key is not what it should be.');
  return {
    id,
    tenant: String(tenant),
    hash,
    permissions: new Set(Array.isArray(permissions) ? permissions.map(String) : []),
    expiresAt: expiresAt.getTime(),
  };
}

function rolesOf(row: Row): readonly string[] {
  return Array.isArray(row.roles) ? row.roles.map(String) : [];
}
