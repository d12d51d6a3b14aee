import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { splitStatements } from './migrations-statements.ts';

/** What a module has to do with migrations. */
export interface MigratedModule {
  readonly name: string;
  /** The folder of its SQL files, `0001_name.sql` and so on. */
  readonly migrations?: URL;
}

export interface Migration {
  /** Module and file, such as `customers/0001_customers`. */
  readonly name: string;
  /** SHA-256 of the file in hex. */
  readonly checksum: string;
  readonly statements: readonly string[];
}

/** All migrations of a set of modules, in the order in which they are applied. */
export interface MigrationPlan {
  readonly migrations: readonly Migration[];
  /** How many there are: the version of a schema that has them all. */
  readonly version: number;
  /** Digest of names and checksums: equal plans make equal schemas. */
  readonly hash: string;
}

const FILE = /^\d{4}_[a-z0-9_]+\.sql$/;

/**
 * Reads the migrations of modules that are in the order of their dependencies: module by module, each one's files in
 * the order of their names.
 *
 * @throws Error when a file's name or text is malformed, or two files of a module bear one number.
 */
export function readMigrations(modules: readonly MigratedModule[]): MigrationPlan {
  const migrations = modules.flatMap(migrationsOf);
  const hash = createHash('sha256');
  for (const { name, checksum } of migrations) hash.update(`${name} ${checksum}\n`);
  return { migrations, version: migrations.length, hash: hash.digest('hex') };
}

function migrationsOf({ name: module, migrations: folder }: MigratedModule): Migration[] {
  if (!folder || !existsSync(folder)) return [];
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort();
  return files.map((file, index) => {
    if (!FILE.test(file)) {
      throw new Error(`A migration is named like 0001_what_it_does.sql; ${module}/${file} is not.`);
    }
    if (files[index + 1]?.slice(0, 4) === file.slice(0, 4)) {
      throw new Error(`Two migrations have one number: ${module}/${file} and ${module}/${files[index + 1]}.`);
    }
    const text = readFileSync(new URL(file, folder), 'utf8');
    const name = `${module}/${file.slice(0, -'.sql'.length)}`;
    return {
      name,
      checksum: createHash('sha256').update(text).digest('hex'),
      statements: splitMigration(name, text),
    };
  });
}

/** A migration can't end the transaction in which it, its record and the tenant's version come to be together. */
const TRANSACTION = /^(begin|start|commit|end|rollback|abort|savepoint|release|prepare\s+transaction)\b/i;

function splitMigration(name: string, text: string): string[] {
  const statements = splitStatements(text);
  const forbidden = statements.find((statement) => TRANSACTION.test(statement));
  if (forbidden) throw new Error(`A migration runs inside a transaction; ${name} has "${forbidden}".`);
  return statements;
}
