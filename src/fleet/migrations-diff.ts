import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { MikroORM } from '@mikro-orm/postgresql';
import { databaseUrl, withClient } from '../database/client.ts';
import { type Module, orderModules } from '../module.ts';
import { readMigrations } from './migrations.ts';
import { type ColumnTypes, findDestruction } from './migrations-destructive.ts';
import { splitAtCommas, splitStatements } from './migrations-statements.ts';

export interface DiffOptions {
  /** A login that may create a database; what it names is not touched. */
  readonly adminUrl: string;
}

const NAME = 'insula migration';

/** A migration can't be generated; the message says what to do. */
export class MigrationNotCreated extends Error {
  override readonly name = 'MigrationNotCreated';
}

/** A migration would destroy something, and nobody said that it may. */
export class MigrationDestroys extends Error {
  override readonly name = 'MigrationDestroys';
}

/**
 * What the entities of these modules, and of those that they depend on, have ahead of their migrations: the SQL that
 * would close the gap, empty when there is none.
 */
export async function findDrift(modules: readonly Module[], { adminUrl }: DiffOptions): Promise<string> {
  const ordered = orderModules(modules);
  return withScratchDatabase(adminUrl, async (url) => {
    await migrateScratch(url, ordered);
    return textOf(await diff(url, ordered));
  });
}

export interface CreateMigrationOptions extends DiffOptions {
  /** Writes a migration that destroys something, too. @default false */
  readonly allowDestructive?: boolean;
}

/**
 * Writes the next migration of a module: the difference between its entities and all migrations so far.
 *
 * @param name what it does, in lower-case letters, digits and underscores
 * @returns the file's path, or undefined when entities and migrations agree
 * @throws MigrationDestroys, with a line for each change, unless that is allowed; MigrationNotCreated when the name is malformed, the module has no folder, or a module that this one depends
 * on lacks a migration of its own
 */
export async function createMigration(
  module: Module,
  name: string,
  { adminUrl, allowDestructive = false }: CreateMigrationOptions,
): Promise<string | undefined> {
  if (!/^[a-z][a-z0-9_]*$/.test(name)) {
    throw new MigrationNotCreated(`A migration's name is like add_due_date; "${name}" is not.`);
  }
  if (!module.migrations) {
    throw new MigrationNotCreated(`The module "${module.name}" names no folder of migrations.`);
  }
  const dependencies = orderModules(module.dependsOn ?? []);
  const statements = await withScratchDatabase(adminUrl, async (url) => {
    await migrateScratch(url, dependencies);
    if ((await diff(url, dependencies)).length > 0) {
      const names = dependencies.map((dependency) => dependency.name).join(', ');
      throw new MigrationNotCreated(`First create the migrations of what "${module.name}" needs: ${names}.`);
    }
    await migrateScratch(url, [module]);
    const needed = await diff(url, [...dependencies, module]);
    const destroyed = allowDestructive ? [] : findDestruction(needed, await columnTypes(url));
    if (destroyed.length > 0) throw new MigrationDestroys(destroyed.join('\n'));
    return needed;
  });
  return statements.length === 0 ? undefined : writeMigration(module.migrations, name, textOf(statements));
}

async function columnTypes(url: string): Promise<ColumnTypes> {
  const { rows } = await withClient({ url, name: NAME }, (client) =>
    client.query<{ name: string; type: string }>(
      `select relname || '.' || attname as name, format_type(atttypid, atttypmod) as type
       from pg_attribute join pg_class on pg_class.oid = attrelid
       where relnamespace = 'public'::regnamespace and attnum > 0 and not attisdropped`,
    ),
  );
  return new Map(rows.map(({ name, type }) => [name, type]));
}

const textOf = (statements: readonly string[]) =>
  statements.map((statement) => `${layOut(statement)};\n`).join('\n');

function writeMigration(folder: URL, name: string, sql: string): string {
  mkdirSync(folder, { recursive: true });
  const last = readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .at(-1);
  const number = String(Number.parseInt(last ?? '0', 10) + 1).padStart(4, '0');
  const path = fileURLToPath(new URL(`${number}_${name}.sql`, folder));
  writeFileSync(path, sql, { flag: 'wx' });
  return path;
}

/** Migrations name no schema, so the scratch database's own one, `public`, stands for the tenant's. */
async function migrateScratch(url: string, modules: readonly Module[]): Promise<void> {
  const statements = readMigrations(modules).migrations.flatMap((migration) => migration.statements);
  await withClient({ url, name: NAME }, async (client) => {
    for (const statement of statements) await client.query(statement);
  });
}

async function diff(url: string, modules: readonly Module[]): Promise<string[]> {
  // A module without migrations reads what others make, such as a view of the audit trail.
  const entities = modules.flatMap(({ migrations, entities = [] }) => (migrations ? entities : []));
  if (entities.length === 0) return [];
  const orm = new MikroORM({
    entities,
    clientUrl: url,
    schema: 'public',
    ensureDatabase: false,
    schemaGenerator: { ignoreTriggers: true },
  });
  try {
    const { up } = await orm.schema.getUpdateSchemaMigrationSQL({ schema: 'public', wrap: false });
    return splitStatements(up);
  } finally {
    await orm.close();
  }
}

/** Puts each column of a new table on a line of its own. */
function layOut(statement: string): string {
  const [, head, body] = /^(create table \S+) \((.*)\)$/s.exec(statement) ?? [];
  if (!head || !body) return statement;
  return `${head} (\n${splitAtCommas(body)
    .map((part) => `  ${part}`)
    .join(',\n')}\n)`;
}

async function withScratchDatabase<T>(adminUrl: string, work: (url: string) => Promise<T>): Promise<T> {
  const name = `insula_scratch_${randomBytes(6).toString('hex')}`;
  return withClient({ url: adminUrl, name: NAME }, async (admin) => {
    await admin.query(`create database ${name} template template0`);
    try {
      return await work(databaseUrl(adminUrl, name));
    } finally {
      await admin.query(`drop database ${name}`);
    }
  });
}
