import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** The server that the run's global setup started. */
    postgres: { host: string; port: number; superuser: string; password: string; template: string };
  }
}

export interface EmptyDatabase extends AsyncDisposable {
  readonly url: string;
}

/** A new, empty database; dropped with the test file. */
export async function createEmptyDatabase(): Promise<EmptyDatabase> {
  const name = `pothos_${randomBytes(6).toString('hex')}`;
  await onServer(`create database ${name} template template0`);
  return { url: urlOf(name), [Symbol.asyncDispose]: () => onServer(`drop database ${name} with (force)`) };
}

function urlOf(database: string): string {
  const { host, port, superuser, password } = inject('postgres');
  return `postgresql://${superuser}:${password}@${encodeURIComponent(host)}:${port}/${database}`;
}

async function onServer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: urlOf('postgres') });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
