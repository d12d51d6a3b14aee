import type pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { assemble, type Cast, enter, outcomeOf, send } from './cast.ts';

let cast: Cast;
let gateway: pg.Client;
beforeAll(async () => {
  cast = await assemble();
});
afterAll(() => cast[Symbol.asyncDispose]());
beforeEach(async () => {
  gateway = await cast.connect('gateway');
  await enter(gateway, cast.own, { operation: { actor: 'user:alice' } });
});
afterEach(() => gateway.end());

interface AuditRow {
  readonly relation: string;
  readonly action: string;
  readonly old: Record<string, unknown> | null;
  readonly new: Record<string, unknown> | null;
}

/** The audit of this transaction, in the order in which it was written; each row must be Alice's. */
async function audit(): Promise<AuditRow[]> {
  const { rows } = await send(
    gateway,
    `select a.relation, a.action, a.old, a.new, o.actor from audit a join operation o using (seg, xid)
     where a.xid = (select max(xid) from operation) order by a.id`,
  );
  return rows.map(({ actor, ...row }) => {
    expect(actor).toBe('user:alice');
    return row;
  });
}

/** Only what a test is about. */
const brief = (rows: readonly AuditRow[]) =>
  rows.map(
    ({ relation, action, old, new: now }) => `${action} ${relation} ${old?.id ?? '-'} ${now?.id ?? '-'}`,
  );

test('[TA] an insert is kept with all values, also those that the database gave', async () => {
  const { rows } = await send(
    gateway,
    `insert into customer (name, iban) values ('Ada', 'CH1') returning id`,
  );
  expect(await audit()).toEqual([
    {
      relation: 'customer',
      action: 'I',
      old: null,
      new: { id: Number(rows[0].id), name: 'Ada', iban: 'CH1', version: 1 },
    },
  ]);
});

test('[TA] an update is kept with the values before and after, generated ones too', async () => {
  await send(gateway, 'update invoice set total = 200 where id = 1');
  const [row] = await audit();
  expect(row).toMatchObject({
    action: 'U',
    old: { id: 1, total: 100, gross: 119 },
    new: { id: 1, total: 200, gross: 238 },
  });
});

test('[TA] a delete is kept with the values before', async () => {
  await send(gateway, 'delete from invoice where id = 2');
  expect(await audit()).toMatchObject([
    { relation: 'invoice', action: 'D', old: { id: 2, total: 200 }, new: null },
  ]);
});

test('[TA] a statement of many rows leaves a row for each', async () => {
  await send(gateway, `insert into customer (name) select 'many ' || i from generate_series(1, 100) i`);
  await send(gateway, `update customer set name = upper(name) where name like 'many %'`);
  const rows = await audit();
  expect(rows).toHaveLength(200);
  for (const { old, new: now } of rows.slice(100)) {
    expect(now).toEqual({ ...old, name: String(old?.name).toUpperCase() });
  }
});

test('[TA] a changed primary key is kept as an update of the same row', async () => {
  await send(gateway, 'update invoice set id = id + 100');
  for (const { action, old, new: now } of await audit()) {
    expect(action).toBe('U');
    expect(now).toEqual({ ...old, id: Number(old?.id) + 100 });
  }
});

test('[TA] INSERT … ON CONFLICT leaves an insert or an update, whichever it was', async () => {
  await send(
    gateway,
    `insert into invoice (id, customer_id, total) values (1, 1, 7), (50, 1, 8)
     on conflict (id) do update set total = excluded.total`,
  );
  expect(brief(await audit()).sort()).toEqual(['I invoice - 50', 'U invoice 1 1']);
});

test('[TA] INSERT … ON CONFLICT DO NOTHING leaves nothing when it did nothing', async () => {
  await send(gateway, 'insert into invoice (id, customer_id) values (1, 1) on conflict do nothing');
  expect(await audit()).toEqual([]);
});

test('[TA] MERGE leaves an insert, an update and a delete', async () => {
  await send(
    gateway,
    `merge into invoice i using (values (1, 'drop'), (2, 'keep'), (60, 'new')) as s (id, what) on i.id = s.id
     when matched and s.what = 'drop' then delete
     when matched then update set total = 0
     when not matched then insert (id, customer_id) values (s.id, 1)`,
  );
  expect(brief(await audit()).sort()).toEqual(['D invoice 1 -', 'I invoice - 60', 'U invoice 2 2']);
});

test('[TA] what a cascade deletes is kept, with the same actor', async () => {
  await send(gateway, 'delete from customer where id = 3');
  expect(brief(await audit()).sort()).toEqual(['D customer 3 -', 'D invoice 3 -']);
});

test('[TA] changes inside WITH are kept', async () => {
  await send(
    gateway,
    `with gone as (delete from invoice where id = 1 returning *),
       moved as (insert into invoice (id, customer_id, total) select id + 70, customer_id, total from gone returning id)
     select * from moved`,
  );
  expect(brief(await audit()).sort()).toEqual(['D invoice 1 -', 'I invoice - 71']);
});

test('[TA] a statement that changes no row leaves no audit', async () => {
  await send(gateway, `update customer set name = 'x' where false`);
  expect(await audit()).toEqual([]);
});

test('[TA] a rolled back change leaves no audit', async () => {
  await gateway.query('savepoint s');
  await send(gateway, 'delete from invoice');
  await gateway.query('rollback to savepoint s');
  expect(await audit()).toEqual([]);
});

test('[TA] the owner can not truncate a table without an audit', async () => {
  await cast.as('owner', async (owner) => {
    expect(await outcomeOf(owner.query(`truncate ${cast.own}.customer cascade`))).toBe('42501');
  });
});

test('[TA] the owner needs an operation too', async () => {
  await cast.as('owner', async (owner) => {
    expect(await outcomeOf(owner.query(`delete from ${cast.own}.customer`))).toBe('42501');
  });
});

const FAILURE = `select record_failure('F', 'CONFLICT', '{a,b}')`;

test('[TA] a failure is kept with its code and fields, and whose it is', async () => {
  await send(gateway, FAILURE);
  const { rows } = await send(
    gateway,
    `select actor, relation, action, code, fields from audit_event where action = 'F'`,
  );
  expect(rows).toEqual([
    { actor: 'user:alice', relation: null, action: 'F', code: 'CONFLICT', fields: ['a', 'b'] },
  ]);
});

test.each([
  ['an action that is a change', `select record_failure('I', 'CONFLICT', '{}')`, '23514'],
  ['no code', `select record_failure('F', null, '{}')`, '23514'],
])('[TA] a failure with %s is refused', async (_what, text, code) => {
  expect(await outcomeOf(send(gateway, text))).toBe(code);
});

test('[TA] a failure without an operation is refused', async () => {
  await gateway.query('rollback');
  await enter(gateway, cast.own);
  expect(await outcomeOf(send(gateway, FAILURE))).toBe('42501');
});

test('[TA] what was tried can not be altered, nor the seals be seen', async () => {
  const attempts = ['select * from audit_seal', `update audit set code = 'x'`];
  for (const text of attempts) {
    await gateway.query('savepoint s');
    expect(await outcomeOf(send(gateway, text))).toBe('42501');
    await gateway.query('rollback to savepoint s');
  }
});
