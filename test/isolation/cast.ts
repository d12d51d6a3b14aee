import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { type Login, openerKey, signOperation } from '../../src/database/keys.ts';
import type { Operation } from '../../src/database/transaction.ts';
import { createTenant } from '../../src/fleet/provision.ts';
import { createDatabase, MASTER_KEY } from '../support/database.ts';

/** What a module could bring: relations, a sequence, a view, a generated column, a cascade. */
const TABLES = `
  create table customer (
    id bigint generated always as identity primary key,
    name text not null,
    iban text
  );
  create table invoice (
    id bigint primary key,
    customer_id bigint not null references customer on delete cascade,
    no serial unique,
    total bigint not null default 0,
    gross bigint generated always as (total * 119 / 100) stored
  );
  create view names as select name from customer;
`;

export interface Cast extends AsyncDisposable {
  /** Ids of two tenants with the same tables and other rows. */
  readonly own: string;
  readonly other: string;
  url(login: Login | 'admin'): string;
  connect(login: Login | 'admin'): Promise<pg.Client>;
  /** Runs work on a connection of its own. */
  as<T>(login: Login | 'admin', work: (client: pg.Client) => Promise<T>): Promise<T>;
}

/** A database with everything installed and two tenants, for one test file. */
export async function assemble(): Promise<Cast> {
  const database = await createDatabase();
  const url = (login: Login | 'admin') => (login === 'admin' ? database.adminUrl : database.url(login));
  const connect = async (login: Login | 'admin') => {
    const client = new pg.Client({ connectionString: url(login) });
    await client.connect();
    return client;
  };
  const as = async <T>(login: Login | 'admin', work: (client: pg.Client) => Promise<T>) => {
    const client = await connect(login);
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  };
  const [own, other] = await as('owner', async (client) => {
    return [await createCustomers(client, 'own'), await createCustomers(client, 'other')] as const;
  });
  return { own, other, url, connect, as, [Symbol.asyncDispose]: database.drop };
}

async function createCustomers(client: pg.Client, slug: string): Promise<string> {
  const { tenant } = await createTenant({
    client,
    slug,
    name: slug,
    masterKey: MASTER_KEY,
    applyMigrations: async (migrating) => {
      await migrating.query(TABLES);
      await migrating.query(
        `insert into customer (name, iban) select '${slug} ' || i, 'CH' || i from generate_series(1, 3) i`,
      );
      await migrating.query(
        'insert into invoice (id, customer_id, total) select id, id, id * 100 from customer',
      );
      return { version: 1, hash: 'customers' };
    },
  });
  return tenant.id;
}

export interface Entry {
  /** Opens an operation first. */
  readonly operation?: Partial<Operation>;
  /** @default 'read write' */
  readonly access?: 'read only' | 'read write';
}

/** Enters a tenant on the gateway's connection as the driver does: BEGIN, settings, operation, role. */
export async function enter(
  gateway: pg.Client,
  tenant: string,
  { operation, access }: Entry = {},
): Promise<void> {
  await gateway.query(`begin ${access ?? 'read write'}`);
  await gateway.query('set local role none');
  await gateway.query(`select set_config('search_path', $1, true)`, [
    `${pg.escapeIdentifier(tenant)}, pg_temp`,
  ]);
  if (operation) await open(gateway, tenant, operation);
  await gateway.query(`set local role ${pg.escapeIdentifier(tenant)}`);
}

export interface Signature {
  /** @default the right one */
  readonly key?: Buffer;
  /** Seconds from now. @default 60 */
  readonly validFor?: number;
  /** Signs for this tenant instead. */
  readonly signedTenant?: string;
  /** Signs these instead. */
  readonly signed?: Partial<Operation>;
}

/** Calls the opener. */
export async function open(
  gateway: pg.Client,
  tenant: string,
  given: Partial<Operation> = {},
  { key = openerKey(MASTER_KEY), validFor = 60, signedTenant = tenant, signed = {} }: Signature = {},
): Promise<void> {
  const operation = { id: randomUUID(), actor: 'user:alice', name: 'test', requestId: 'r1', ...given };
  const expiresAt = Math.floor(Date.now() / 1000) + validFor;
  const mac = signOperation(key, signedTenant, { ...operation, ...signed }, expiresAt);
  const { id, actor, name, requestId } = operation;
  await gateway.query('select insula.open_operation($1, $2, $3, $4, $5, $6, $7)', [
    tenant,
    id,
    actor,
    name,
    requestId,
    expiresAt,
    mac,
  ]);
}

/** Sends one statement with the extended protocol, as the driver does. */
export function send(client: pg.Client, text: string): Promise<pg.QueryResult> {
  const query: pg.QueryConfig & { queryMode: 'extended' } = { text, values: [], queryMode: 'extended' };
  return client.query(query);
}

/** How a statement ended: its SQLSTATE, or `done`. */
export async function outcomeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'done';
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code) return error.code;
    throw error;
  }
}
