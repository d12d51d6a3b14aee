import pg from 'pg';
import type { Migration, MigrationPlan } from './migrations.ts';
import { protect } from './protect.ts';

/** A statement of a migration, or the protection of the tables after it, failed. */
export class MigrationFailed extends Error {
  readonly migration: string;
  /** Undefined where the failure is none of one statement. */
  readonly statement: string | undefined;

  constructor(migration: string, statement: string | undefined, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = 'MigrationFailed';
    this.migration = migration;
    this.statement = statement;
  }
}

/** The files and what was applied to a tenant contradict each other; a person must decide. */
export class MigrationsDiffer extends Error {
  override readonly name = 'MigrationsDiffer';
}

/**
 * What a tenant's schema lacks, in the order in which it is to be applied.
 *
 * @throws MigrationsDiffer when a file was changed after it had been applied, or is gone
 */
export async function missingMigrations(
  client: pg.ClientBase,
  tenant: string,
  plan: MigrationPlan,
): Promise<Migration[]> {
  const { rows } = await client.query<{ name: string; checksum: string }>(
    `select name, checksum from ${pg.escapeIdentifier(tenant)}.migration`,
  );
  const applied = new Map(rows.map(({ name, checksum }) => [name, checksum]));
  const missing: Migration[] = [];
  for (const migration of plan.migrations) {
    const checksum = applied.get(migration.name);
    if (checksum === undefined) missing.push(migration);
    else if (checksum !== migration.checksum) {
      throw new MigrationsDiffer(`${migration.name} was changed after it had been applied.`);
    }
    applied.delete(migration.name);
  }
  if (applied.size > 0) {
    throw new MigrationsDiffer(`No file is left of what was applied: ${[...applied.keys()].join(', ')}.`);
  }
  return missing;
}

/**
 * Applies migrations to one tenant's schema, protects its tables after each, and writes their record. Inside an open
 * transaction of the owner's that has opened an operation, because the data that a migration changes is audited.
 *
 * @throws MigrationFailed
 */
export async function applyMigrations(
  client: pg.ClientBase,
  tenant: string,
  { migrations }: Pick<MigrationPlan, 'migrations'>,
): Promise<void> {
  const schema = pg.escapeIdentifier(tenant);
  await client.query(`set local search_path to ${schema}`);
  for (const migration of migrations) await apply(client, tenant, migration);
  await client.query(
    `insert into ${schema}.migration (name, checksum) select * from unnest($1::text[], $2::text[])`,
    [migrations.map(({ name }) => name), migrations.map(({ checksum }) => checksum)],
  );
}

async function apply(client: pg.ClientBase, tenant: string, { name, statements }: Migration): Promise<void> {
  for (const statement of statements) {
    try {
      await client.query(statement);
    } catch (error) {
      throw new MigrationFailed(name, statement, error);
    }
  }
  try {
    await protect(client, tenant);
  } catch (error) {
    throw new MigrationFailed(name, undefined, error);
  }
}
