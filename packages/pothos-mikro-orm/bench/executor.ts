import pg from 'pg';
import type { Connection } from './postgres.ts';

export interface Executor {
  readonly backend: number;
  /** Sends a statement under a name, so that PostgreSQL parses and plans it once, and gives its one value. */
  execute(text: string, parameters: readonly unknown[]): Promise<string | null>;
  close(): Promise<void>;
}

const asText = { getTypeParser: () => (text: string) => text };

/** What sends the statements of the plugin and of the hand-written peer alike. */
export async function createExecutor(connection: Connection): Promise<Executor> {
  const client = new pg.Client({ ...connection });
  await client.connect();
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  const names = new Map<string, string>();
  const nameOf = (text: string) => {
    const name = names.get(text) ?? `s${names.size}`;
    names.set(text, name);
    return name;
  };
  return {
    backend: rows[0]?.pid ?? 0,
    async execute(text, values) {
      const found = await client.query<[string | null]>({
        name: nameOf(text),
        text,
        values: [...values],
        rowMode: 'array',
        types: asText,
      });
      return found.rows[0]?.[0] ?? null;
    },
    close: () => client.end(),
  };
}
