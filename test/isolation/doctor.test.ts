import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
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
    ]),
  );
  expect(open.length).toBeGreaterThan(25);
});
