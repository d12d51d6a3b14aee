import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSystemOperation } from '../../../src/audit/operation.ts';
import { protect } from '../../../src/fleet/protect.ts';
import { createTenant } from '../../../src/fleet/provision.ts';
import { assemble, type Cast, enter, outcomeOf, send } from '../../isolation/cast.ts';
import { MASTER_KEY } from '../../support/database.ts';

let cast: Cast;
beforeAll(async () => {
  cast = await assemble();
});
afterAll(() => cast[Symbol.asyncDispose]());

/** Migrates a tenant of the test's own, and protects it. */
async function migrated(sql: string): Promise<string> {
  return cast.as('owner', async (client) => {
    const slug = `p-${randomUUID()}`;
    const applyMigrations = async (within: pg.ClientBase) => {
      await within.query(sql);
      return { version: 1, hash: '' };
    };
    return (await createTenant({ masterKey: MASTER_KEY, client, slug, name: slug, applyMigrations })).tenant
      .id;
  });
}

/** Changes a tenant's schema as a later migration would. */
async function migrateAgain(tenant: string, sql: string): Promise<void> {
  await cast.as('owner', async (owner) => {
    await owner.query(`begin; set local search_path = ${tenant}`);
    await owner.query(sql);
    await protect(owner, tenant);
    await owner.query('commit');
  });
}

async function asTenant<T>(tenant: string, work: (gateway: pg.Client) => Promise<T>): Promise<T> {
  return cast.as('gateway', async (gateway) => {
    await enter(gateway, tenant, { operation: { actor: 'user:alice' } });
    return work(gateway);
  });
}

const ask = async (text: string, values: unknown[] = []) =>
  (await cast.as('admin', (admin) => admin.query(text, values))).rows;

test('[TA] a table that a migration adds is audited when it is changed by raw SQL', async () => {
  const tenant = await migrated('create table note (id int primary key, text text)');
  await migrateAgain(tenant, 'create table reminder (id int primary key, note_id int references note)');
  await asTenant(tenant, async (gateway) => {
    await send(gateway, `insert into note values (1, 'raw')`);
    await send(gateway, 'insert into reminder values (7, 1)');
    const { rows } = await send(gateway, 'select relation, action, new from audit order by id');
    expect(rows).toEqual([
      { relation: 'note', action: 'I', new: { id: 1, text: 'raw', version: 1 } },
      { relation: 'reminder', action: 'I', new: { id: 7, note_id: 1, version: 1 } },
    ]);
  });
});

test('[TA] to protect again changes nothing', async () => {
  const tenant = await migrated(
    'create table a (id serial primary key); create table b (a int references a); create view v as select * from a',
  );
  const state = () =>
    ask(
      `select c.relname, c.relacl::text, c.reloptions::text, c.xmin::text,
         (select json_agg(t.oid order by t.oid) from pg_trigger t where t.tgrelid = c.oid) as triggers
       from pg_class c where c.relnamespace = $1::regnamespace order by 1`,
      [tenant],
    );
  const before = await state();
  await cast.as('owner', (owner) => protect(owner, tenant));
  expect(await state()).toEqual(before);
});

test("[DO] the tenant's role may change rows and nothing else, whatever a migration granted", async () => {
  const tenant = await migrated(`
    create table note (id serial primary key, text text);
    grant all on note to public;
    grant select on note to insula_gateway;
    grant update on sequence note_id_seq to public;
    create view texts as select text from note;
    grant select (text) on note to insula_directory`);
  const rows = await ask(
    `select c.relname, a.grantee::regrole::text as grantee, string_agg(a.privilege_type, ' ' order by a.privilege_type) as may
     from pg_class c, aclexplode(c.relacl) a
     where c.relnamespace = $1::regnamespace and c.relname in ('note', 'note_id_seq', 'texts') and a.grantee <> c.relowner
     group by 1, 2 order by 1`,
    [tenant],
  );
  expect(rows).toEqual([
    { relname: 'note', grantee: tenant, may: 'DELETE INSERT SELECT UPDATE' },
    { relname: 'note_id_seq', grantee: tenant, may: 'USAGE' },
    { relname: 'texts', grantee: tenant, may: 'SELECT' },
  ]);
  expect(
    await ask(
      `select attname from pg_attribute where attrelid = to_regclass($1 || '.note') and attacl is not null and attacl <> '{}'`,
      [tenant],
    ),
  ).toEqual([]);
});

test('[DO] a view shows what its reader may see, not what its owner may', async () => {
  const tenant = await migrated('create table note (id int); create view all_notes as select * from note');
  await migrateAgain(tenant, `create view foreign_customers as select * from ${cast.other}.customer`);
  await asTenant(tenant, async (gateway) => {
    expect(await outcomeOf(send(gateway, 'select * from all_notes'))).toBe('done');
    expect(await outcomeOf(send(gateway, 'select * from foreign_customers'))).toBe('42501');
  });
});

test('[DO] every table has a version, and the one that a migration made is kept', async () => {
  const tenant = await migrated(
    'create table a (id int); create table b (id int, version integer not null); create table c (id int, version integer not null default 5)',
  );
  const rows = await ask(
    `select c.relname, format_type(a.atttypid, null) as type, a.attnotnull, pg_get_expr(d.adbin, d.adrelid) as default
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'version'
     join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
     where c.relnamespace = $1::regnamespace order by 1`,
    [tenant],
  );
  const version = { type: 'integer', attnotnull: true };
  expect(rows).toEqual([
    { relname: 'a', ...version, default: '1' },
    { relname: 'b', ...version, default: '1' },
    { relname: 'c', ...version, default: '5' },
  ]);
});

test('[DO] every foreign key has an index, and no second one', async () => {
  const tenant = await migrated(`
    create table a (x int, y int, primary key (x, y), unique (y, x));
    create table bare (id int primary key, x int, y int, foreign key (y, x) references a (y, x), unique (id, x, y));
    create table covered (x int, y int, z int, foreign key (x, y) references a, primary key (y, x, z));
    create table partial (x int, y int, constraint of_a foreign key (x, y) references a);
    create index on partial (x, y) where x > 0`);
  const rows = await ask(
    `select indexrelid::regclass::text as index, pg_get_indexdef(indexrelid) as definition
     from pg_index where indrelid in (select oid from pg_class where relnamespace = $1::regnamespace)
       and indexrelid::regclass::text ~ 'insula_fk'
     order by 1`,
    [tenant],
  );
  expect(rows).toEqual([
    {
      index: `${tenant}.insula_fk_bare_y_x_fkey`,
      definition: expect.stringContaining('bare USING btree (y, x)'),
    },
    { index: `${tenant}.insula_fk_of_a`, definition: expect.stringMatching(/partial USING btree \(x, y\)$/) },
  ]);
});

test('[TA] a partitioned table is audited through its parent, and its partitions can not be reached past it', async () => {
  const tenant = await migrated(`
    create table event (id int, at date) partition by range (at);
    create table event_2026 partition of event for values from ('2026-01-01') to ('2027-01-01');
    create table event_rest partition of event default`);
  await asTenant(tenant, async (gateway) => {
    await send(gateway, `insert into event values (1, '2026-05-05')`);
    await send(gateway, `update event set at = '2030-01-01'`);
    await send(gateway, 'delete from event');
    const { rows } = await send(
      gateway,
      `select relation, action, old ->> 'at' as old, new ->> 'at' as new from audit order by id`,
    );
    expect(rows).toEqual([
      { relation: 'event', action: 'I', old: null, new: '2026-05-05' },
      { relation: 'event', action: 'U', old: '2026-05-05', new: '2030-01-01' },
      { relation: 'event', action: 'D', old: '2030-01-01', new: null },
    ]);
    expect(await outcomeOf(send(gateway, `insert into event_2026 values (2, '2026-05-05')`))).toBe('42501');
  });
});

test('[TA] names that need quotes are protected too', async () => {
  const tenant = await migrated(
    `create table "Weird ""Name" ("order" int primary key, "Ref" int references "Weird ""Name")`,
  );
  await asTenant(tenant, async (gateway) => {
    await send(gateway, 'insert into "Weird ""Name" values (1, 1)');
    expect((await send(gateway, 'select relation from audit')).rows).toEqual([{ relation: 'Weird "Name' }]);
  });
});

test.each([
  { broken: 'drop trigger insula_update on note' },
  { broken: 'alter table note disable trigger insula_delete' },
  { broken: 'alter table note disable trigger user' },
  {
    broken: `create or replace trigger insula_insert after insert on note referencing new table as new_rows
      for each statement when (false) execute function record_change_:tenant()`,
  },
  {
    broken: `create or replace trigger insula_update after update of id on note
      for each statement execute function record_change_:tenant()`,
  },
  {
    broken: `create or replace trigger insula_insert after insert on note for each statement
      execute function demand_operation_:tenant()`,
  },
])('[TA] a trigger that a migration broke is mended: $broken', async ({ broken }) => {
  const tenant = await migrated('create table note (id int primary key, text text)');
  await migrateAgain(tenant, broken.replaceAll(':tenant', tenant));
  await asTenant(tenant, async (gateway) => {
    await send(gateway, `insert into note values (1, 'a')`);
    await send(gateway, `update note set text = 'b'`);
    await send(gateway, 'delete from note');
    expect(
      (await send(gateway, `select string_agg(action::text, '' order by id) as actions from audit`)).rows,
    ).toEqual([{ actions: 'IUD' }]);
  });
});

test.each([
  { sql: 'create materialized view copy as select 1 as a', says: 'materialized view' },
  { sql: 'create table t (a int, b int generated always as (a + 1) virtual)', says: 'virtual column b' },
  { sql: 'create table t (version text)', says: 'version' },
  { sql: 'create table t (version integer)', says: 'version' },
  { sql: 'create table t (c bigint references :other.customer)', says: "another tenant's" },
  {
    sql: `create function f() returns int language sql security definer as 'select 1'`,
    says: 'security definer',
  },
])('[TA] a migration fails with what can not be protected: $sql', async ({ sql, says }) => {
  const failing = migrated(sql.replaceAll(':other', cast.other));
  await expect(failing).rejects.toMatchObject({
    code: 'TABLE_NOT_PROTECTED',
    message: expect.stringContaining(says),
  });
});

test("[TA] a later migration's changes of rows are audited as the system's", async () => {
  const tenant = await migrated('create table note (id int primary key, text text)');
  await cast.as('owner', async (owner) => {
    await owner.query('begin');
    await openSystemOperation(owner, tenant, { actor: 'system:migrate', name: 'migration:notes/0002' });
    await openSystemOperation(owner, tenant, {
      actor: 'system:migrate',
      name: 'a second one counts for nothing',
    });
    await owner.query(`insert into ${tenant}.note values (1, 'a')`);
    await owner.query('commit');
  });
  await asTenant(tenant, async (gateway) => {
    const { rows } = await send(
      gateway,
      'select o.actor, o.name, a.relation from audit a join operation o using (seg, xid)',
    );
    expect(rows).toEqual([{ actor: 'system:migrate', name: 'migration:notes/0002', relation: 'note' }]);
  });
});
