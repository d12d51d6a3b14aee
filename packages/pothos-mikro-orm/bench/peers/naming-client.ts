import pg from 'pg';
import type { Connection } from '../postgres.ts';

/** A client that sends each statement under a name of its own, so that PostgreSQL parses and plans it once. */
class NamingClient extends pg.Client {
  readonly #names = new Map<string, string>();

  // biome-ignore lint/suspicious/noExplicitAny: `query` has many signatures, which all pass through.
  override query(query: any, ...rest: any[]): any {
    if (typeof query !== 'object' || typeof query.text !== 'string' || query.name) {
      return super.query(query, ...rest);
    }
    const name = this.#names.get(query.text) ?? `s${this.#names.size}`;
    this.#names.set(query.text, name);
    return super.query({ ...query, name }, ...rest);
  }
}

export async function connectNaming(connection: Connection) {
  const client = new NamingClient({ ...connection });
  await client.connect();
  const { rows } = await client.query('select pg_backend_pid() as pid');
  return { client, backend: rows[0].pid as number };
}
