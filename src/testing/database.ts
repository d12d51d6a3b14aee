import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { databaseUrl, withClient } from '../database/client.ts';
import { sqlState } from '../database/failures.ts';
import { install } from '../fleet/install.ts';
import { startTestServer } from './server.ts';

/** The key that databases of tests are installed with. Everybody knows it. */
export const MASTER_KEY = Buffer.alloc(32, 'insula test ');

const NAME = 'insula test';
/** What a server of our own has for a template. */
const TEMPLATE = 'insula_test';

/** A database of a test's own. */
export interface DatabaseCopy extends AsyncDisposable {
  readonly name: string;
  /** The superuser's connection string. */
  readonly adminUrl: string;
  /**
   * Takes the database away.
   *
   * @throws Error after five seconds when a connection to it is still open: the test leaks it.
   */
  drop(): Promise<void>;
}

/** Copies a database that `install` has been through (about 30 ms). @param template its superuser's address */
export async function copyDatabase(template: string): Promise<DatabaseCopy> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  const source = decodeURIComponent(new URL(template).pathname.slice(1));
  await inTurn(template, async (client) => {
    await client.query(
      `create database ${name} template ${pg.escapeIdentifier(source)} owner insula_owner strategy file_copy`,
    );
    // Privileges on the database itself are not copied.
    await client.query(`revoke all on database ${name} from public`);
    await client.query(`grant connect on database ${name} to insula_owner, insula_gateway, insula_directory,
      insula_worker`);
  });
  let dropped: Promise<void> | undefined;
  const drop = () => (dropped ??= onServer(template, (client) => client.query(`drop database ${name}`)));
  return { name, adminUrl: databaseUrl(template, name), drop, [Symbol.asyncDispose]: drop };
}

const DEPENDENT_OBJECTS_STILL_EXIST = '2BP01';

/**
 * Copies a database, and takes away with it the roles of the tenants that came to be in it: roles belong to the server.
 *
 * @param template its superuser's address
 */
export async function copyDatabaseWithRoles(template: string): Promise<DatabaseCopy> {
  const database = await copyDatabase(template);
  const drop = async () => {
    const tenants = await withClient({ url: database.adminUrl, name: NAME }, async (client) => {
      const { rows } = await client.query<{ id: string }>('select id from insula.tenant');
      return rows.map(({ id }) => id);
    });
    await database.drop();
    await onServer(template, async (client) => {
      for (const tenant of tenants) {
        await client.query(`drop role ${pg.escapeIdentifier(tenant)}`).catch((error: unknown) => {
          // The template's own tenants stay.
          if (sqlState(error) !== DEPENDENT_OBJECTS_STILL_EXIST) throw error;
        });
      }
    });
  };
  return { ...database, drop, [Symbol.asyncDispose]: drop };
}

let ownTemplate: Promise<string> | undefined;
const installed = new Map<string, Promise<void>>();

/**
 * The address of an installed database without tenants, for copying: the given one, or one on a server that this
 * process starts when it is first asked for one.
 */
export async function templateUrl(given: string | undefined): Promise<string> {
  const url = given ?? (await templateOfOurOwn());
  const installing = installed.get(url) ?? installTemplate(url);
  installed.set(url, installing);
  await installing;
  return url;
}

async function templateOfOurOwn(): Promise<string> {
  ownTemplate ??= startTestServer().then((server) => makeTemplate(server.url));
  return ownTemplate;
}

/** Makes the database for templates on a new server. @returns its address */
export async function makeTemplate(serverUrl: string): Promise<string> {
  await onServer(serverUrl, (client) => client.query(`create database ${TEMPLATE}`));
  return databaseUrl(serverUrl, TEMPLATE);
}

async function installTemplate(url: string): Promise<void> {
  await inTurn(url, () => install({ adminUrl: url, masterKey: MASTER_KEY }));
}

/** Nobody can copy a database that somebody is connected to, so the processes that share one take turns. */
async function inTurn(template: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  await onServer(template, async (client) => {
    await client.query(`select pg_advisory_lock(hashtext('insula test'))`);
    await work(client);
  });
}

async function onServer(template: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  await withClient({ url: databaseUrl(template, 'postgres'), name: NAME }, work);
}
