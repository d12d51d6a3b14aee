import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { openSystemOperation } from '../audit/operation.ts';
import { applyBaseObjects, BASE_VERSION } from './base-objects.ts';
import { addDomain, assertDomain } from './domains.ts';
import { fleetProblems } from './errors.ts';
import { applyMigrations } from './migrate-tenant.ts';
import type { MigrationPlan } from './migrations.ts';
import { protect } from './protect.ts';
import { assertSlug } from './slug.ts';
import { makeTenantKey } from './tenant-keys.ts';
import { createTenantRole } from './tenant-role.ts';
import { findTenant, showTenant, type TenantRecord } from './tenants.ts';
import { inTransaction, onConnection } from './transaction.ts';

/** What a schema is like after its migrations. */
type SchemaVersion = Pick<MigrationPlan, 'version' | 'hash'>;

export interface CreateTenantOptions {
  /** Connected as insula_owner, outside of a transaction. */
  readonly client: pg.ClientBase;
  /** A DNS label: the tenant's subdomain. */
  readonly slug: string;
  /** For people; 1 to 200 characters. */
  readonly name: string;
  /** The tenant's data key is wrapped under it. */
  readonly masterKey: Buffer;
  /** @default none */
  readonly domains?: readonly string[];
  /** Brings the new schema up to date, inside the transaction; `search_path` is the schema. */
  readonly applyMigrations: (client: pg.ClientBase, tenantId: string) => Promise<SchemaVersion>;
}

const LONGEST_NAME = 200;

/**
 * Creates a tenant: role, schema, audit trail, the modules' tables, their protection, its row in the catalog. One
 * transaction: half a tenant never exists, whatever fails and whenever the process or its connection dies. A slug that
 * exists is returned unchanged.
 *
 * @throws Problem `SLUG_INVALID`, `TENANT_NAME_INVALID`, `DOMAIN_INVALID`, `DOMAIN_TAKEN`, `TABLE_NOT_PROTECTED`
 */
export async function createTenant(
  options: CreateTenantOptions,
): Promise<{ tenant: TenantRecord; created: boolean }> {
  const { client, slug, name, masterKey, domains = [] } = options;
  assertSlug(slug);
  if (name.trim() === '' || name.length > LONGEST_NAME) {
    throw fleetProblems.TENANT_NAME_INVALID(`A tenant's name has 1 to ${LONGEST_NAME} characters.`);
  }
  domains.forEach(assertDomain);
  return inTransaction(client, async () => {
    // A second creator of the same slug waits here, and then finds the tenant.
    await client.query(`select pg_advisory_xact_lock(hashtext('insula tenant'), hashtext($1))`, [slug]);
    const existing = await findTenant(client, slug);
    if (existing) return { tenant: existing, created: false };
    const id = newTenantId();
    const schema = await makeSchema(options, id);
    // The catalog comes last: its writers wait for each other.
    await client.query('select from insula.generation for update');
    await client.query(
      `insert into insula.tenant (id, slug, name, schema_version, schema_hash, base_version)
       values ($1, $2, $3, $4, $5, $6)`,
      [id, slug, name, schema.version, schema.hash, BASE_VERSION],
    );
    await makeTenantKey(client, id, masterKey);
    for (const domain of domains) await addDomain(client, id, domain);
    return { tenant: await showTenant(client, id), created: true };
  });
}

/**
 * Creates a tenant as `createTenant` does, whose schema has every migration of a plan.
 *
 * @param owner connections of insula_owner
 * @throws Problem as `createTenant`; MigrationFailed
 */
export async function createMigratedTenant(
  owner: pg.Pool,
  plan: MigrationPlan,
  tenant: Pick<CreateTenantOptions, 'slug' | 'name' | 'domains' | 'masterKey'>,
): Promise<{ tenant: TenantRecord; created: boolean }> {
  return onConnection(owner, (client) =>
    createTenant({
      ...tenant,
      client,
      async applyMigrations(within, id) {
        await applyMigrations(within, id, plan);
        return plan;
      },
    }),
  );
}

/** Opaque, so that the names of roles and schemas, which can't be hidden, say nothing: 80 random bits. */
function newTenantId(): string {
  return `t_${Array.from(randomBytes(16), (byte) => (byte % 32).toString(32)).join('')}`;
}

async function makeSchema(
  { client, slug, applyMigrations }: CreateTenantOptions,
  id: string,
): Promise<SchemaVersion> {
  const tenant = pg.escapeIdentifier(id);
  await createTenantRole(client, id);
  await client.query(`create schema ${tenant}; set local search_path = ${tenant}`);
  await applyBaseObjects(client, id);
  await openSystemOperation(client, id, { actor: 'system:fleet', name: `tenant create ${slug}` });
  const schema = await applyMigrations(client, id);
  await protect(client, id);
  return schema;
}
