import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { type Login, loginUrl } from '../../src/database/keys.ts';
import { MASTER_KEY } from './template.ts';

export interface TestDatabase extends AsyncDisposable {
  readonly name: string;
  /** The superuser's connection string. */
  readonly adminUrl: string;
  /** The connection string of one of the gateway's logins. */
  url(login: Login): string;
  /**
   * Takes the database away.
   *
   * @throws Error after five seconds when a connection to it is still open: the test leaks it.
   */
  drop(): Promise<void>;
}

/** A database of the test's own, copied from the template (about 30 ms). Once for each file: `beforeAll`, `afterAll`. */
export async function createDatabase(): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  const { template } = inject('postgres');
  await asSuperuser(
    `create database ${name} template ${template} owner insula_owner strategy file_copy`,
    // Privileges on the database itself are not copied.
    `revoke all on database ${name} from public`,
    `grant connect on database ${name} to insula_owner, insula_gateway, insula_directory, insula_worker`,
  );
  const adminUrl = superuserUrl(name);
  let dropped: Promise<void> | undefined;
  // A pooler keeps its own connections open.
  const force = inject('pooler') ? ' with (force)' : '';
  const drop = () => (dropped ??= asSuperuser(`drop database ${name}${force}`));
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

function superuserUrl(database: string): string {
  const { host, port, superuser, password } = inject('postgres');
  return `postgresql://${superuser}:${password}@${encodeURIComponent(host)}:${port}/${database}`;
}

async function asSuperuser(...statements: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: superuserUrl('postgres') });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

export { MASTER_KEY } from './template.ts';
