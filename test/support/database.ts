import { inject } from 'vitest';
import { databaseUrl } from '../../src/database/client.ts';
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
  const database = await copyDatabase(databaseUrl(server, template));
  return { ...database, url: (login) => loginUrl(database.adminUrl, MASTER_KEY, login) };
}

export { MASTER_KEY } from '../../src/testing/database.ts';
