import type pg from 'pg';
import type { Config } from '../config.ts';
import { addMember } from '../fleet/members.ts';
import { migrate } from '../fleet/migrate.ts';
import { type MigrationPlan, readMigrations } from '../fleet/migrations.ts';
import { createMigratedTenant } from '../fleet/provision.ts';
import type { TenantRecord } from '../fleet/tenants.ts';
import type { Module } from '../module.ts';
import type { Logger } from '../telemetry/logger.ts';
import { fillDemoTenant } from './demo-data.ts';
import type { DemoTenant } from './demo-tenants.ts';
import { withOwnerPool } from './owner-pool.ts';

export interface PrepareOptions {
  readonly config: Config;
  /** In the order of their dependencies. */
  readonly modules: readonly Module[];
  readonly demo: readonly DemoTenant[];
  readonly logger: Logger;
  /** Told of each step that may take a moment. */
  readonly onStep: (text: string) => void;
}

/**
 * Brings an installed database to what development needs: all tenants migrated, the demo tenants there and filled.
 * What is there already is left as it is.
 *
 * @returns what could not be migrated, a line for each tenant
 */
export async function prepare(options: PrepareOptions): Promise<string[]> {
  const { config, modules, demo, logger, onStep } = options;
  const plan = readMigrations(modules);
  return withOwnerPool(config, async (owner) => {
    const { migrated, failed } = await migrate({ owner, plan });
    if (migrated.length > 0) onStep(`migrated ${migrated.length} tenants`);
    for (const wanted of demo) {
      const { tenant, created } = await createDemoTenant(owner, wanted, plan, config);
      if (created) onStep(`made the tenant ${tenant.slug}`);
      if (tenant.migrationFailed) continue;
      await fillDemoTenant({ config, owner, modules, tenant, demo: wanted, logger });
    }
    return failed.map(({ slug, failure }) => `${slug} was not migrated: ${failure?.message}`);
  });
}

async function createDemoTenant(
  owner: pg.Pool,
  { slug, name, members }: DemoTenant,
  plan: MigrationPlan,
  { INSULA_MASTER_KEY: masterKey }: Config,
): Promise<{ tenant: TenantRecord; created: boolean }> {
  const result = await createMigratedTenant(owner, plan, { slug, name, masterKey });
  // Whoever was taken away by hand stays away, unless the first start never came this far.
  if (result.tenant.members === 0) {
    for (const [subject, roles] of Object.entries(members)) await addMember(owner, slug, subject, roles);
  }
  return result;
}
