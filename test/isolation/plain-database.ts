import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';

export interface PlainDatabase extends AsyncDisposable {
  readonly name: string;
  /** The superuser's connection string. */
  readonly adminUrl: string;
}

/** A database as PostgreSQL makes it: nothing was installed. */
export async function createPlainDatabase(): Promise<PlainDatabase> {
  const name = `test_plain_${randomBytes(6).toString('hex')}`;
  const { host, port, superuser, password } = inject('postgres');
  const urlOf = (database: string) =>
    `postgresql://${superuser}:${password}@${encodeURIComponent(host)}:${port}/${database}`;
  const run = async (statement: string) => {
    const client = new pg.Client({ connectionString: urlOf('postgres') });
    await client.connect();
    await client.query(statement).finally(() => client.end());
  };
  await run(`create database ${name} template template0`);
  return { name, adminUrl: urlOf(name), [Symbol.asyncDispose]: () => run(`drop database ${name}`) };
}
