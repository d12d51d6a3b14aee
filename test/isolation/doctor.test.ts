import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Executor } from '../../src/database/client.ts';
import { examine, type Finding } from '../../src/database/doctor.ts';
import { shutDoors } from '../../src/database/doors/shut.ts';
import { assemble, type Cast } from './cast.ts';
import { createPlainDatabase } from './plain-database.ts';

let cast: Cast;
beforeAll(async () => {
  cast = await assemble();
});
afterAll(() => cast[Symbol.asyncDispose]());

const openOnes = (findings: readonly Finding[]) => findings.filter(({ state }) => state === 'open');

/** Undoes what was granted when the test is over. */
async function inRolledBack<T>(work: (admin: pg.Client) => Promise<T>): Promise<T> {
  return cast.as('admin', async (admin) => {
    await admin.query('begin');
    try {
      return await work(admin);
    } finally {
      await admin.query('rollback');
    }
  });
}

test('[SI] the doctor finds no door open in a database that was installed', async () => {
  for (const login of ['admin', 'owner'] as const) {
    await cast.as(login, async (client) => {
      expect(openOnes(await examine(client))).toEqual([]);
      expect(openOnes(await examine(client, { tenant: cast.own }))).toEqual([]);
    });
  }
});

test('[SI] the doctor says which doors can not be shut, and what stands before them', async () => {
  const findings = await cast.as('admin', (admin) => examine(admin));
  expect(findings.filter(({ state }) => state === 'known').map(({ door }) => door)).toEqual([
    'whole statements',
    'existence',
    'memory',
  ]);
});

test('[SI] the doctor changes nothing: it examines inside a READ ONLY transaction', async () => {
  await cast.as('owner', async (owner) => {
    await owner.query('begin read only');
    await expect(examine(owner, { tenant: cast.own })).resolves.toBeInstanceOf(Array);
    await owner.query('rollback');
  });
});

test.each([
  { door: 'settings', opened: 'grant execute on function set_config(text, text, boolean) to public' },
  { door: 'settings by update', opened: 'grant update on pg_settings to public' },
  { door: 'statements in strings', opened: 'grant execute on function ts_stat(text) to public' },
  { door: 'code', opened: 'grant usage on language sql to public' },
  { door: 'temporary tables', opened: 'grant temporary on database :database to public' },
  { door: 'new schemas', opened: 'grant create on database :database to :own' },
  { door: 'strangers', opened: 'grant connect on database :database to public' },
  { door: 'schema public', opened: 'grant usage on schema public to public' },
  { door: 'objects in public', opened: 'grant create on schema public to public' },
  { door: 'running statements', opened: 'grant select on pg_stat_activity to public' },
  { door: 'locks', opened: 'grant select on pg_locks to :own' },
  { door: 'statistics', opened: 'grant execute on function pg_stat_get_live_tuples(oid) to public' },
  { door: 'sizes', opened: 'grant execute on function pg_relation_size(regclass) to public' },
  { door: 'signals', opened: 'grant execute on function pg_cancel_backend(int) to public' },
  { door: 'advisory locks', opened: 'grant execute on function pg_advisory_lock(bigint) to public' },
  { door: 'notifications', opened: 'grant execute on function pg_notify(text, text) to public' },
  { door: 'large objects', opened: 'grant execute on function lo_creat(int) to public' },
  {
    door: 'messages in the log',
    opened: 'grant execute on function pg_logical_emit_message(boolean, text, text, boolean) to public',
  },
  { door: 'snapshots', opened: 'grant execute on function pg_export_snapshot() to public' },
  { door: 'sleep', opened: 'grant execute on function pg_sleep(float8) to public' },
  { door: 'transaction ids', opened: 'grant execute on function pg_current_xact_id() to public' },
  { door: 'random seed', opened: 'grant execute on function setseed(float8) to public' },
  { door: 'roles', opened: 'grant select on pg_roles to public' },
  { door: 'definitions', opened: 'grant execute on function pg_get_functiondef(oid) to public' },
  { door: 'information schema', opened: 'grant usage on schema information_schema to public' },
  { door: 'catalog', opened: 'grant select (relname) on pg_class to public' },
  { door: 'side effects', opened: 'grant execute on function pg_stat_force_next_flush() to public' },
  { door: 'memberships', opened: 'grant :own to insula_gateway with inherit true' },
  { door: 'memberships', opened: 'grant pg_read_all_data to insula_gateway' },
  { door: 'opener', opened: 'grant execute on function insula.create_tenant_role(text) to insula_gateway' },
  { door: 'catalog secrets', opened: 'grant select on insula.opener_key to insula_gateway' },
  { door: 'catalog secrets', opened: 'grant select on insula.tenant to public' },
  { door: 'opener', opened: 'grant execute on function insula.open_operation to public' },
  { door: "tenant's role", opened: 'alter role :own login' },
  { door: "tenant's role", opened: 'grant :other to :own' },
  { door: "tenant's schema", opened: 'grant usage on schema :own to :other' },
  { door: "tenant's schema", opened: 'grant create on schema :own to :own' },
  { door: "tenant's audit", opened: 'grant insert on :own.audit to :own' },
  { door: "tenant's audit", opened: 'grant update on :own.operation to :own' },
  { door: 'login insula_gateway', opened: 'alter role insula_gateway bypassrls' },
  { door: 'login insula_owner', opened: 'alter role insula_owner superuser' },
  { door: 'temp_file_limit of insula_gateway', opened: 'alter role insula_gateway reset temp_file_limit' },
  {
    door: 'statement_timeout of insula_gateway',
    opened: 'alter role insula_gateway set statement_timeout = 0',
  },
])('[SI] the doctor finds the door open: $door ($opened)', async ({ door, opened }) => {
  await inRolledBack(async (admin) => {
    const { rows } = await admin.query('select current_database() as database');
    await admin.query(
      opened
        .replaceAll(':database', rows[0].database)
        .replaceAll(':own', cast.own)
        .replaceAll(':other', cast.other),
    );
    const findings = openOnes(await examine(admin, { tenant: cast.own }));
    expect(findings.map((finding) => finding.door)).toEqual([door]);
    expect(findings[0]?.detail).toMatch(/^.+ \(.+\)$/);
  });
});

test.each([
  { door: "tenant's role", opened: 'grant :other to :own', shows: ':own is a member of :other' },
  {
    door: "tenant's role",
    opened: 'grant :own to insula_worker',
    shows: 'insula_worker is a member of :own',
  },
  {
    door: "tenant's role",
    opened: 'grant pg_read_all_data to :other',
    shows: ':other is a member of pg_read',
  },
  { door: "tenant's role", opened: 'alter role :other bypassrls', shows: ':other has an attribute' },
  {
    door: "tenant's schema",
    opened: 'grant usage on schema :own to :other',
    shows: ':other has USAGE on :own',
  },
  {
    door: "tenant's schema",
    opened: 'grant usage on schema :other to insula_gateway',
    shows: 'insula_gateway',
  },
  { door: "tenant's schema", opened: 'grant usage on schema :other to public', shows: 'public has USAGE' },
  {
    door: "tenant's schema",
    opened: 'alter schema :own owner to insula_worker',
    shows: 'insula_worker owns :own',
  },
  { door: "tenant's tables", opened: 'grant select on :own.customer to :other', shows: ':other may select' },
  {
    door: "tenant's tables",
    opened: 'grant select on :own.invoice to insula_directory',
    shows: ':own.invoice',
  },
  { door: "tenant's tables", opened: 'grant update on :own.invoice to insula_worker', shows: 'may update' },
  { door: "tenant's tables", opened: 'grant delete on :own.invoice to insula_gateway', shows: 'may delete' },
  { door: "tenant's tables", opened: 'grant select on :other.names to public', shows: 'public may select' },
  { door: "tenant's tables", opened: 'grant select (iban) on :own.customer to :other', shows: '(iban)' },
  {
    door: "tenant's tables",
    opened: 'grant usage on sequence :own.invoice_no_seq to :other',
    shows: 'no_seq',
  },
  { door: "tenant's tables", opened: 'grant trigger on :own.customer to :own', shows: ':own may trigger' },
  { door: "tenant's tables", opened: 'alter table :own.customer owner to :other', shows: ':other owns' },
  { door: "tenant's audit", opened: 'grant select on :own.audit to :other', shows: ':other may select' },
  {
    door: "tenant's audit",
    opened: 'grant insert on :other.operation to insula_gateway',
    shows: ':other.op',
  },
  {
    door: 'protection of tables',
    opened: 'drop trigger insula_update on :own.invoice',
    shows: ':own.invoice lacks insula_update',
  },
  {
    door: 'protection of tables',
    opened: 'alter table :other.customer disable trigger all',
    shows: 'insula_delete and insula_insert and insula_truncate and insula_update',
  },
  {
    door: 'protection of tables',
    opened: 'create table :own.note (id int); alter table :own.note owner to insula_owner',
    shows: ':own.note lacks',
  },
])(
  '[SI] the doctor finds, of all tenants, the door open: $door ($opened)',
  async ({ door, opened, shows }) => {
    const named = (text: string) => text.replaceAll(':own', cast.own).replaceAll(':other', cast.other);
    await inRolledBack(async (admin) => {
      await admin.query(named(opened));
      const findings = openOnes(await examine(admin)).filter(
        // A table whose owner changed has its owner's privileges in the new one's name.
        (finding) => finding.door === door || !opened.includes('owner to'),
      );
      expect(findings).toEqual([
        { door, state: 'open', detail: expect.stringContaining(named(shows)) as string },
      ]);
    });
  },
);

test('[SI] the doctor finds a tenant of the catalog that has no role and no schema', async () => {
  await inRolledBack(async (admin) => {
    await admin.query(
      `insert into insula.tenant (id, slug, name, schema_version, schema_hash) values ('t_0123456789abcdef', 'gone', 'Gone', 1, '')`,
    );
    expect(openOnes(await examine(admin)).map(({ door }) => door)).toEqual([
      "tenant's role",
      "tenant's schema",
    ]);
  });
});

test('[SI] the doctor asks of all tenants at once: no statement for each of them', async () => {
  await inRolledBack(async (admin) => {
    const statements = async () => {
      let sent = 0;
      const query = (text: string, values?: unknown[]) => {
        sent += 1;
        return admin.query(text, values);
      };
      await examine({ query } as Executor);
      return sent;
    };
    const before = await statements();
    await admin.query(
      `insert into insula.tenant (id, slug, name, schema_version, schema_hash)
       select 't_' || lpad(i::text, 16, '0'), 'many-' || i, 'Many', 1, '' from generate_series(1, 50) i`,
    );
    expect(await statements()).toBe(before);
  });
});

test('[SI] the doctor says in one line that a server is too old', async () => {
  const old = {
    query: async () => ({ rows: [{ major: 15, version: '15.9' }], rowCount: 1 }),
  } as unknown as Executor;
  await expect(examine(old)).rejects.toThrow(/^Insula needs PostgreSQL 16 or newer; this is 15\.9\.$/);
});

test('[SI] shutting again shuts what was opened for everybody, and nothing else changes', async () => {
  await inRolledBack(async (admin) => {
    await admin.query(
      'grant execute on function set_config(text, text, boolean), pg_sleep(float8) to public',
    );
    await admin.query('grant usage on language sql to public');
    await shutDoors(admin);
    expect(openOnes(await examine(admin, { tenant: cast.own }))).toEqual([]);
    const { rows } = await admin.query(
      `select login, has_function_privilege(login, 'set_config(text, text, boolean)', 'execute') as has
       from unnest('{insula_owner,insula_gateway,insula_directory,insula_worker}'::text[]) login`,
    );
    expect(rows.filter(({ has }) => has).map(({ login }) => login)).toEqual([
      'insula_owner',
      'insula_gateway',
      'insula_worker',
    ]);
  });
});

test('[SI] in a database that was never installed most doors are open', async () => {
  await using plain = await createPlainDatabase();
  const client = new pg.Client({ connectionString: plain.adminUrl });
  await client.connect();
  const findings = await examine(client).finally(() => client.end());
  const open = openOnes(findings).map(({ door }) => door);
  expect(open).toEqual(
    expect.arrayContaining([
      'settings',
      'statements in strings',
      'code',
      'temporary tables',
      'signals',
      'catalog',
      'opener',
      'tenants',
    ]),
  );
  expect(open.length).toBeGreaterThan(25);
});
