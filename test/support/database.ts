import { inject } from 'vitest';
import { databaseUrl, withClient } from '../../src/database/client.ts';
import { type Login, loginUrl } from '../../src/database/keys.ts';
import { copyDatabase, type DatabaseCopy, MASTER_KEY } from '../../src/testing/database.ts';

export interface TestDatabase extends DatabaseCopy {
  /** The connection string of one of the gateway's logins. */
  url(login: Login): string;
}

/** A database of the test's own, copied from the template (about 30 ms). Once for each file: `beforeAll`, `afterAll`. */
export async function createDatabase(): Promise<TestDatabase> {
  const { host, port, superuser, password, template } = inject('postgres');
  const server = `postgresql://${superuser}:${password}@${encodeURIComponent(host)}:${port}/postgres`;
  const copy = await copyDatabase(databaseUrl(server, template));
  const { name, adminUrl } = copy;
  const drop = async () => {
    // A pooler keeps its own connections open.
    if (inject('pooler')) await endConnections(server, name);
    await copy.drop();
  };
  return {
    name,
    adminUrl,
    url: (login) => loginUrl(login === 'gateway' ? poolerUrl(adminUrl) : adminUrl, MASTER_KEY, login),
    drop,
    [Symbol.asyncDispose]: drop,
  };
}

/** The same database through the run's pooler, where there is one. */
export function poolerUrl(url: string): string {
  const pooler = inject('pooler');
  if (!pooler) return url;
  const address = new URL(url);
  address.host = `${encodeURIComponent(pooler.host)}:${pooler.port}`;
  return address.href;
}

/** How a tenant database is used there. */
export const throughPooler = () => (inject('pooler') ? { statementMemory: 0, backendMemory: 0 } : {});

async function endConnections(server: string, database: string): Promise<void> {
  await withClient({ url: server, name: 'insula test' }, (client) =>
    client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [database]),
  );
}

export { MASTER_KEY } from '../../src/testing/database.ts';
