import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import './global-setup.ts';

export interface EmptyDatabase extends AsyncDisposable {
  readonly url: string;
}

/** A new, empty database; dropped with the test file. */
export async function createEmptyDatabase(): Promise<EmptyDatabase> {
  const name = `pothos_${randomBytes(6).toString('hex')}`;
  await onServer(`create database ${name} template template0`);
  return {
    url: inject('postgresUrl').replace(/postgres$/, name),
    [Symbol.asyncDispose]: () => onServer(`drop database ${name} with (force)`),
  };
}

async function onServer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject('postgresUrl') });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
