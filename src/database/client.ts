import pg from 'pg';

/** Anything that runs a statement: a client, or a pool when it does not matter on which connection. */
export type Executor = Pick<pg.ClientBase, 'query'>;

export interface ClientOptions {
  /** The server's address, with login and password. */
  readonly url: string;
  /** What the server shows of the connection to its administrators, such as `insula doctor`. */
  readonly name: string;
}

/**
 * Runs `work` with a connection of its own, and closes it. Unguarded, so it is for those who look after the database and
 * never for a tenant's SQL.
 */
export async function withClient<T>(
  { url, name }: ClientOptions,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: name });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The address of another database of the same server, with the same login. */
export function databaseUrl(url: string, database: string): string {
  const address = new URL(url);
  address.pathname = `/${database}`;
  return address.href;
}
