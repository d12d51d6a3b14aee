import pg from 'pg';
import { installOpener, storeOpenerKey } from '../audit/opener.ts';
import { installSealing } from '../audit/sealing/install.ts';
import { installBackendMemory, permitBackendMemory } from '../database/backend-memory.ts';
import { withClient } from '../database/client.ts';
import { shutDoors } from '../database/doors/shut.ts';
import { openerKey } from '../database/keys.ts';
import { installEvents } from '../events/outgoing.ts';
import { installOutbox } from '../jobs/outbox.ts';
import { installAccess } from '../tenancy/access/install.ts';
import { installCatalog } from '../tenancy/catalog/install.ts';
import { InstallRefused } from './errors.ts';
import { installLogins } from './logins.ts';
import { makeMissingTenantKeys } from './tenant-keys.ts';
import { installTenantRole } from './tenant-role.ts';
import { inTransaction } from './transaction.ts';

export interface InstallOptions {
  /** The database to install into, with a superuser's name and password. */
  readonly adminUrl: string;
  /** Passwords and the opener's key are derived from it; keys of tenants that have none are wrapped under it. */
  readonly masterKey: Buffer;
}

/** PostgreSQL's major version. */
const OLDEST_VERSION = 16;

/**
 * Makes a database fit for tenants: the logins and their limits, the catalog, the opener of operations with its key,
 * and every door shut. May be run again at any time, also by several processes at once, and changes only what differs.
 * With another master key the logins get new passwords, and the opener's key before stays valid for running gateways.
 *
 * @throws InstallRefused when the login is no superuser or the server is too old
 */
export async function install({ adminUrl, masterKey }: InstallOptions): Promise<void> {
  await withClient({ url: adminUrl, name: 'insula install' }, async (client) => {
    await assertCapable(client);
    await inTransaction(client, () => installLogins(client, masterKey));
    await inTransaction(client, () => installDatabase(client, masterKey));
  });
}

async function assertCapable(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ role: string; superuser: boolean; version: number }>(
    `select rolname as role, rolsuper as superuser, current_setting('server_version_num')::int / 10000 as version
     from pg_roles where rolname = current_user`,
  );
  const [{ role, superuser, version } = { role: 'The login', superuser: false, version: 0 }] = rows;
  if (!superuser) {
    throw new InstallRefused(
      `${role} is no superuser: installing needs one, because it takes privileges on PostgreSQL's own functions away from PUBLIC.`,
    );
  }
  if (version < OLDEST_VERSION) {
    throw new InstallRefused(`PostgreSQL ${version} is too old: ${OLDEST_VERSION} is the oldest that works.`);
  }
}

async function installDatabase(client: pg.ClientBase, masterKey: Buffer): Promise<void> {
  await client.query(`select pg_advisory_xact_lock(hashtext('insula install'))`);
  await adoptDatabase(client);
  await shutDoors(client);
  await permitBackendMemory(client);
  await client.query('set local role insula_owner');
  await installCatalog(client);
  await installBackendMemory(client);
  await installOpener(client);
  await installAccess(client);
  await installSealing(client);
  await installOutbox(client);
  await installEvents(client);
  await storeOpenerKey(client, openerKey(masterKey));
  await makeMissingTenantKeys(client, masterKey);
  await client.query('set local role none');
  await installTenantRole(client);
}

async function adoptDatabase(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ database: string }>(
    `select datname as database from pg_catalog.pg_database
     where datname = current_database() and datdba <> 'insula_owner'::regrole`,
  );
  for (const { database } of rows) {
    await client.query(`alter database ${pg.escapeIdentifier(database)} owner to insula_owner`);
  }
}
