import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { createPrincipal } from '../authorization/principal.ts';
import { rolePermissions } from '../authorization/roles.ts';
import { type Config, masterKeysIn } from '../config.ts';
import { tenantDatabaseOptions } from '../database/settings.ts';
import { createTenantDatabase } from '../database/tenant-database.ts';
import { createMasterKeys } from '../encryption/master-keys.ts';
import { createTenantCiphers } from '../encryption/tenant-ciphers.ts';
import { publishInto } from '../events/outgoing.ts';
import { enqueueInto } from '../jobs/outbox.ts';
import type { Module } from '../module.ts';
import { createModuleOrm, servicesOf } from '../schema.ts';
import { createSessionRunner } from '../session/create-runner.ts';
import type { Logger } from '../telemetry/logger.ts';
import { WRAPPED_KEY, wrappedKeyOf } from '../tenancy/catalog/wrapped-key.ts';
import type { Tenant } from '../tenancy/tenant.ts';
import type { DemoTenant } from './demo-tenants.ts';

export interface DemoDataOptions {
  readonly config: Config;
  readonly owner: pg.Pool;
  /** In the order of their dependencies. */
  readonly modules: readonly Module[];
  readonly tenant: Tenant;
  readonly demo: DemoTenant;
  readonly logger: Logger;
}

/** Milliseconds. */
const MINUTE = 60_000;

/**
 * Has each module fill a demo tenant, in the name of its first user and in a transaction for each, as a request would.
 * What was filled is known from the audit trail, so a start that was killed is taken up where it ended.
 */
export async function fillDemoTenant(options: DemoDataOptions): Promise<void> {
  const { config, owner, modules, tenant, logger } = options;
  const filled = await operationsOf(owner, tenant.id);
  const left = modules.filter(({ name, demo }) => demo && !filled.has(operationOf(name)));
  if (left.length === 0) return;
  await using database = createTenantDatabase({
    ...tenantDatabaseOptions(config, 1),
    connectionTimeout: 10_000,
    logger,
  });
  const runner = createSessionRunner({
    database,
    orm: createModuleOrm(modules, { dialect: database.dialect }),
    // Nobody else knows this tenant yet, who could revoke anything meanwhile.
    catalog: { stillHolds: async () => true, membershipsOf: async () => [] },
    roles: rolePermissions(modules),
    services: servicesOf(modules),
    ciphers: createTenantCiphers({
      masterKeys: createMasterKeys(masterKeysIn(config)),
      loadWrappedKey: async (id) => wrappedKeyOf((await owner.query(WRAPPED_KEY, [id])).rows),
    }),
    enqueueInto,
    publishInto,
    statementTimeout: MINUTE,
  });
  for (const module of left) {
    const { errors } = await runner.mutation(
      factsOf(options, module.name),
      async (context) => {
        await module.demo?.(context);
        return { data: {} };
      },
      { statements: 0, databaseTime: 0, attempts: 0, replayed: false },
    );
    const [error] = errors ?? [];
    if (error) {
      throw new Error(`The demo data of ${module.name} failed in ${tenant.slug}: ${error.message}`, {
        cause: error,
      });
    }
  }
}

const operationOf = (module: string) => `demo:${module}`;

function factsOf({ tenant, demo, modules }: DemoDataOptions, module: string) {
  const [[subject, roles] = ['owner', ['owner']]] = Object.entries(demo.members);
  const principal = createPrincipal({
    subject,
    roles,
    tenant: tenant.id,
    rolePermissions: rolePermissions(modules),
  });
  return {
    requestId: randomUUID(),
    tenant,
    membership: { tenant: tenant.id, subject, roles },
    principal,
    operationName: operationOf(module),
    signal: AbortSignal.timeout(5 * MINUTE),
  };
}

async function operationsOf(owner: pg.Pool, tenant: string): Promise<ReadonlySet<string>> {
  const { rows } = await owner.query<{ name: string }>(
    `select distinct name from ${pg.escapeIdentifier(tenant)}.operation where name like 'demo:%'`,
  );
  return new Set(rows.map(({ name }) => name));
}
