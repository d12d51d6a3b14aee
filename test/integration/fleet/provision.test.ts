import { readFileSync } from 'node:fs';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTenant } from '../../../src/fleet/provision.ts';
import { createDatabase, MASTER_KEY, type TestDatabase } from '../../support/database.ts';

let database: TestDatabase;
const clients: pg.Client[] = [];
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(async () => {
  await Promise.all(clients.map((client) => client.end().catch(() => undefined)));
  await database.drop();
});

async function connect(login: 'owner' | 'admin' | 'gateway'): Promise<pg.Client> {
  const url = login === 'admin' ? database.adminUrl : database.url(login);
  const client = new pg.Client({ connectionString: url });
  // A connection that a test cuts tells so twice.
  client.on('error', () => undefined);
  await client.connect();
  clients.push(client);
  return client;
}

const applyMigrations = async (client: pg.ClientBase) => {
  await client.query('create table note (id int primary key, text text)');
  return { version: 1, hash: 'abc' };
};

/** Everything that a tenant consists of, and that must be gone when it was not created. */
async function traces(admin: pg.Client): Promise<unknown> {
  const { rows } = await admin.query(
    `select (select count(*)::int from insula.tenant) as tenants, (select count(*)::int from insula.domain) as domains,
       (select count(*)::int from pg_namespace where nspname ~ '^t_') as schemas,
       (select n from insula.generation) as generation`,
  );
  return rows[0];
}

/** Roles belong to the server, where other tests make theirs meanwhile. */
async function roleExists(admin: pg.Client, id: string): Promise<boolean> {
  return (await admin.query('select from pg_roles where rolname = $1', [id])).rowCount === 1;
}

test('[TI] a new tenant has its role, its schema, its tables and its row, and the gateway can enter it', async () => {
  const owner = await connect('owner');
  const { tenant, created } = await createTenant({
    masterKey: MASTER_KEY,
    client: owner,
    slug: 'fresh',
    name: 'Fresh & Söhne',
    domains: ['billing.fresh.example'],
    applyMigrations,
  });
  expect(created).toBe(true);
  expect(tenant).toMatchObject({
    id: expect.stringMatching(/^t_[a-z0-9]{16}$/),
    slug: 'fresh',
    name: 'Fresh & Söhne',
    status: 'active',
    schemaVersion: 1,
    schemaHash: 'abc',
    migrationFailed: false,
    domains: ['billing.fresh.example'],
    members: 0,
  });
  const gateway = await connect('gateway');
  await gateway.query(`begin; set local role ${tenant.id}`);
  expect((await gateway.query(`select * from ${tenant.id}.note`)).rows).toEqual([]);
  await gateway.query('rollback');
});

test("[TI] the owner is a member of no tenant's role, and makes no roles but tenants': a new one costs the same however many there are", async () => {
  const owner = await connect('owner');
  const { tenant } = await createTenant({
    masterKey: MASTER_KEY,
    client: owner,
    slug: 'apart',
    name: 'Apart',
    applyMigrations,
  });
  const { rows } = await owner.query(
    'select m.member::regrole::text as member from pg_auth_members m where m.roleid = $1::regrole',
    [tenant.id],
  );
  expect(rows).toEqual([{ member: 'insula_gateway' }]);
  const make = (name: string | null) => owner.query('select insula.create_tenant_role($1)', [name]);
  for (const name of [null, 'insula_owner', 't_short', `${tenant.id}; drop role x`, 'T_ABCDEFGHIJKLMNOP']) {
    await expect(make(name)).rejects.toMatchObject({ code: '22023' });
  }
  await expect(owner.query('create role t_0123456789abcdef')).rejects.toMatchObject({ code: '42501' });
});

test('[TI] a slug that exists is returned unchanged', async () => {
  const owner = await connect('owner');
  const create = (name: string) =>
    createTenant({ masterKey: MASTER_KEY, client: owner, slug: 'twice', name, applyMigrations });
  const first = await create('First');
  const second = await create('Second');
  expect(second).toEqual({ tenant: first.tenant, created: false });
});

test('[TI] of eight simultaneous creators of one slug one creates it, all get the same tenant', async () => {
  const owners = await Promise.all(Array.from({ length: 8 }, () => connect('owner')));
  const results = await Promise.all(
    owners.map((client) =>
      createTenant({ masterKey: MASTER_KEY, client, slug: 'race', name: 'Race', applyMigrations }),
    ),
  );
  expect(results.filter(({ created }) => created)).toHaveLength(1);
  expect(new Set(results.map(({ tenant }) => tenant.id)).size).toBe(1);
});

test('[TI] different tenants are created at once', async () => {
  const owners = await Promise.all(Array.from({ length: 6 }, () => connect('owner')));
  const results = await Promise.all(
    owners.map((client, i) =>
      createTenant({
        masterKey: MASTER_KEY,
        client,
        slug: `many-${i}`,
        name: 'Many',
        domains: [`many-${i}.example`],
        applyMigrations,
      }),
    ),
  );
  expect(results.every(({ created }) => created)).toBe(true);
});

test('[TI] a tenant whose migration fails leaves nothing, and the connection can be used', async () => {
  const [owner, admin] = [await connect('owner'), await connect('admin')];
  const before = await traces(admin);
  let id = '';
  const failing = createTenant({
    masterKey: MASTER_KEY,
    client: owner,
    slug: 'broken',
    name: 'Broken',
    async applyMigrations(client, tenantId) {
      id = tenantId;
      await applyMigrations(client);
      await client.query('select 1 / 0');
      return { version: 1, hash: '' };
    },
  });
  await expect(failing).rejects.toMatchObject({ code: '22012' });
  expect(await traces(admin)).toEqual(before);
  expect(await roleExists(admin, id)).toBe(false);
  const { created } = await createTenant({
    masterKey: MASTER_KEY,
    client: owner,
    slug: 'broken',
    name: 'Mended',
    applyMigrations,
  });
  expect(created).toBe(true);
});

test('[TI] a tenant whose connection is cut half-way leaves nothing', async () => {
  const [owner, admin] = [await connect('owner'), await connect('admin')];
  const before = await traces(admin);
  let id = '';
  const cut = createTenant({
    masterKey: MASTER_KEY,
    client: owner,
    slug: 'cut',
    name: 'Cut',
    async applyMigrations(client, tenantId) {
      id = tenantId;
      const version = await applyMigrations(client);
      const { rows } = await client.query('select pg_backend_pid() as pid');
      await admin.query('select pg_terminate_backend($1, 5000)', [rows[0].pid]);
      return version;
    },
  });
  await expect(cut).rejects.toThrow();
  expect(await traces(admin)).toEqual(before);
  expect(await roleExists(admin, id)).toBe(false);
});

test('[TI] a tenant with a table that can not be protected leaves nothing', async () => {
  const [owner, admin] = [await connect('owner'), await connect('admin')];
  const before = await traces(admin);
  const refused = createTenant({
    masterKey: MASTER_KEY,
    client: owner,
    slug: 'bare',
    name: 'Bare',
    async applyMigrations(client) {
      await client.query('create materialized view copy as select 1 as a');
      return { version: 1, hash: '' };
    },
  });
  await expect(refused).rejects.toMatchObject({ code: 'TABLE_NOT_PROTECTED' });
  expect(await traces(admin)).toEqual(before);
});

test('[TI] a tenant with a domain of another one is refused, and leaves nothing', async () => {
  const [owner, admin] = [await connect('owner'), await connect('admin')];
  const domains = ['taken.example'];
  await createTenant({
    masterKey: MASTER_KEY,
    client: owner,
    slug: 'holder',
    name: 'Holder',
    domains,
    applyMigrations,
  });
  const before = await traces(admin);
  const refused = createTenant({
    masterKey: MASTER_KEY,
    client: owner,
    slug: 'second',
    name: 'Second',
    domains,
    applyMigrations,
  });
  await expect(refused).rejects.toMatchObject({ code: 'DOMAIN_TAKEN' });
  expect(await traces(admin)).toEqual(before);
});

test.each(
  [
    '',
    'A',
    'Acme',
    'a_b',
    '-a',
    'a-',
    'a.b',
    '../x',
    "a'b",
    'a"b',
    'ä',
    'a b',
    'a\n',
    'a\0',
    'x'.repeat(64),
    'www',
    'api',
    'admin',
    'localhost',
    'xn--80ak6aa92e',
    't',
  ].map((slug) => ({ slug })),
)('[TI] "$slug" is no slug', async ({ slug }) => {
  const owner = await connect('owner');
  await expect(
    createTenant({ masterKey: MASTER_KEY, client: owner, slug, name: 'X', applyMigrations }),
  ).rejects.toMatchObject({
    code: 'SLUG_INVALID',
    message: expect.stringMatching(/^[^\n]+\.$/),
  });
});

test.each([{ name: '' }, { name: '  ' }, { name: 'x'.repeat(201) }])(
  '[TI] "$name" is no name',
  async ({ name }) => {
    const owner = await connect('owner');
    await expect(
      createTenant({ masterKey: MASTER_KEY, client: owner, slug: 'nameless', name, applyMigrations }),
    ).rejects.toMatchObject({
      code: 'TENANT_NAME_INVALID',
    });
  },
);

test.each(
  ['acme', 'ACME.example', 'a..b', '127.0.0.1', 'a b.example', '.example', `${'x'.repeat(64)}.example`].map(
    (domain) => ({ domain }),
  ),
)('[TI] "$domain" is no domain', async ({ domain }) => {
  const owner = await connect('owner');
  const refused = createTenant({
    masterKey: MASTER_KEY,
    client: owner,
    slug: 'domainless',
    name: 'X',
    domains: [domain],
    applyMigrations,
  });
  await expect(refused).rejects.toMatchObject({ code: 'DOMAIN_INVALID' });
});

test('[TI] the check of the catalog and the one of the gateway agree on what a slug is', () => {
  const sql = readFileSync(new URL('../../../src/tenancy/catalog/tables.sql', import.meta.url), 'utf8');
  expect(sql).toContain(`slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'`);
});
