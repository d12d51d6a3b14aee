import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { openSystemOperation } from '../audit/operation.ts';
import { sqlState } from '../database/failures.ts';
import { BASE_VERSION, upgradeBaseObjects } from './base-objects.ts';
import { applyMigrations, MigrationFailed, missingMigrations } from './migrate-tenant.ts';
import type { MigrationPlan } from './migrations.ts';
import { inTransaction, onConnection } from './transaction.ts';

export interface MigrateOptions {
  /** Connections of insula_owner; as many as `concurrency` are used at once. */
  readonly owner: pg.Pool;
  readonly plan: MigrationPlan;
  /**
   * How many tenants are migrated at once.
   *
   * @default 4
   */
  readonly concurrency?: number;
  /**
   * How long a statement waits for a lock, in milliseconds. Short: whoever comes after it waits too.
   *
   * @default 1000
   */
  readonly lockTimeout?: number;
  /**
   * How often a tenant is tried when locks or deadlocks are in the way, with growing pauses.
   *
   * @default 6
   */
  readonly attempts?: number;
  /** Called after each tenant, for the progress. */
  readonly onTenant?: (result: TenantMigration, progress: { done: number; total: number }) => void;
  /** Begins no further tenant once it is aborted. */
  readonly signal?: AbortSignal;
}

/** What became of one tenant. */
export interface TenantMigration {
  readonly tenant: string;
  readonly slug: string;
  /** The migrations that were applied; none when another run was faster. */
  readonly applied: readonly string[];
  readonly failure?: MigrationFailure;
}

/** Why a tenant was not migrated; kept in `insula.tenant.migration_error` until it is. */
export interface MigrationFailure {
  readonly message: string;
  readonly migration?: string;
  readonly statement?: string;
  /** The SQLSTATE. */
  readonly code?: string;
}

export interface MigrateResult {
  readonly migrated: readonly TenantMigration[];
  readonly failed: readonly TenantMigration[];
  /** How many were still waiting when the signal stopped the run. */
  readonly left: number;
}

interface Pending {
  readonly id: string;
  readonly slug: string;
}

/**
 * Brings every tenant's schema up to date, several at once, each in a transaction of its own. A tenant that fails is
 * recorded and reported and stops nobody else. Can be killed at any point and run again, and several can run at once.
 * Where nothing is to be done it costs one query, however many tenants there are.
 */
export async function migrate(options: MigrateOptions): Promise<MigrateResult> {
  const { owner, plan, concurrency = 4, onTenant, signal } = options;
  const pending = await pendingTenants(owner, plan);
  const total = pending.length;
  const results: TenantMigration[] = [];
  const work = async () => {
    for (let next = pending.shift(); next && !signal?.aborted; next = pending.shift()) {
      const result = await migrateTenant(next, options);
      results.push(result);
      onTenant?.(result, { done: results.length, total });
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, total) }, work));
  return {
    migrated: results.filter(({ failure }) => !failure),
    failed: results.filter(({ failure }) => failure),
    left: total - results.length,
  };
}

/** Plan: one pass over the catalog's tenants. A schema that is ahead (a newer release was here) is left alone. */
async function pendingTenants(owner: pg.Pool, { version, hash }: MigrationPlan): Promise<Pending[]> {
  const { rows } = await owner.query<Pending>(
    `select id, slug from insula.tenant
     where schema_version < $1 or (schema_version = $1 and schema_hash <> $2) or migration_error is not null
       or base_version < $3
     order by created_at, id`,
    [version, hash, BASE_VERSION],
  );
  return rows;
}

async function migrateTenant({ id, slug }: Pending, options: MigrateOptions): Promise<TenantMigration> {
  const { owner, attempts = 6 } = options;
  for (let attempt = 1; ; attempt++) {
    try {
      return { tenant: id, slug, applied: await tryTenant(id, options) };
    } catch (error) {
      if (attempt < attempts && isContention(error)) {
        await sleep(100 * 2 ** attempt * (0.5 + Math.random()));
        continue;
      }
      const failure = describe(error);
      // Files that contradict the record are the run's fault, not the tenant's, which goes on as it was.
      if (error instanceof MigrationFailed) await recordFailure(owner, id, failure);
      return { tenant: id, slug, applied: [], failure };
    }
  }
}

function tryTenant(id: string, options: MigrateOptions): Promise<string[]> {
  return onConnection(options.owner, (client) =>
    inTransaction(client, () => migrateWithin(client, id, options)),
  );
}

/** @returns the migrations that were applied */
async function migrateWithin(
  client: pg.ClientBase,
  id: string,
  { plan, lockTimeout = 1000 }: MigrateOptions,
): Promise<string[]> {
  await client.query(`select set_config('lock_timeout', $1, true)`, [`${lockTimeout}ms`]);
  // Two runs at once take turns.
  const { rowCount } = await client.query('select from insula.tenant where id = $1 for no key update', [id]);
  await upgradeBaseObjects(client, id);
  const missing = rowCount ? await missingMigrations(client, id, plan) : [];
  const applied = missing.map(({ name }) => name);
  if (missing.length > 0) {
    const name = `migration:${applied.join(' ')}`;
    await openSystemOperation(client, id, { actor: 'system:migrate', name });
    await applyMigrations(client, id, { migrations: missing });
  }
  await client.query(
    `update insula.tenant set schema_version = $2, schema_hash = $3, migration_error = null
     where id = $1
       and (schema_hash <> $3 or schema_version <> $2 or migration_error is not null)`,
    [id, plan.version, plan.hash],
  );
  return applied;
}

/** A lock that was not free in time, a deadlock, a serialization failure: the same may pass a moment later. */
function isContention(error: unknown): boolean {
  return ['55P03', '40P01', '40001'].includes(codeOf(error) ?? '');
}

function codeOf(error: unknown): string | undefined {
  return sqlState(error instanceof MigrationFailed ? error.cause : error);
}

function describe(error: unknown): MigrationFailure {
  const code = codeOf(error);
  return {
    message: error instanceof Error ? error.message : String(error),
    ...(error instanceof MigrationFailed && { migration: error.migration }),
    ...(error instanceof MigrationFailed && error.statement && { statement: error.statement }),
    ...(code && { code }),
  };
}

async function recordFailure(owner: pg.Pool, tenant: string, failure: MigrationFailure): Promise<void> {
  await owner.query('update insula.tenant set migration_error = $2 where id = $1', [tenant, failure]);
}
