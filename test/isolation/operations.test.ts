import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { assemble, type Cast, enter, open, outcomeOf, type Signature, send } from './cast.ts';

let cast: Cast;
let gateway: pg.Client;
beforeAll(async () => {
  cast = await assemble();
});
afterAll(() => cast[Symbol.asyncDispose]());
beforeEach(async () => {
  gateway = await cast.connect('gateway');
});
afterEach(() => gateway.end());

const DENIED = '42501';
const INSERT = `insert into customer (name) values ('new')`;

async function openAlone(
  tenant: string,
  given: Parameters<typeof open>[2],
  signature?: Signature,
): Promise<string> {
  await gateway.query('begin');
  const outcome = await outcomeOf(open(gateway, tenant, given, signature));
  await gateway.query('rollback');
  return outcome;
}

test.each(
  [
    INSERT,
    `update customer set name = 'x'`,
    'delete from customer',
    `delete from customer where false`,
    `insert into idempotency (key, body_hash) values ('k', 'x')`,
    `update idempotency set status = 200`,
  ].map((text) => ({ text })),
)('[TA] nothing is written without an operation: $text', async ({ text }) => {
  await enter(gateway, cast.own);
  await expect(send(gateway, text)).rejects.toMatchObject({ code: DENIED, message: 'no operation is open' });
});

test('[TA AT] only the operation of a job can say that a job is done', async () => {
  await enter(gateway, cast.own, {
    operation: { id: randomUUID(), actor: 'user:alice', name: 'createCustomer', requestId: 'req-1' },
  });
  const said = await outcomeOf(send(gateway, 'select finish_job(1)'));
  await gateway.query('rollback');
  await enter(gateway, cast.own, {
    operation: { id: randomUUID(), actor: 'job:x:y', name: 'x:y', requestId: 'job-1' },
  });
  const { rows } = await send(gateway, 'select finish_job(1) as first, finish_job(1) as second');
  await gateway.query('rollback');
  expect([said, rows]).toEqual([DENIED, [{ first: true, second: false }]]);
});

test('[TA] what was written bears the operation that was opened', async () => {
  const id = randomUUID();
  await enter(gateway, cast.own, {
    operation: { id, actor: 'user:alice', name: 'createCustomer', requestId: 'req-1' },
  });
  await send(gateway, INSERT);
  const { rows } = await send(
    gateway,
    `select o.id, o.actor, o.name, o.request_id, a.relation, a.action, a.new ->> 'name' as customer
     from audit a join operation o using (seg, xid) where o.id = '${id}'`,
  );
  await gateway.query('rollback');
  expect(rows).toEqual([
    {
      id,
      actor: 'user:alice',
      name: 'createCustomer',
      request_id: 'req-1',
      relation: 'customer',
      action: 'I',
      customer: 'new',
    },
  ]);
});

test('[TA] a transaction has one operation', async () => {
  await gateway.query('begin');
  await open(gateway, cast.own, { actor: 'user:alice' });
  expect(await outcomeOf(open(gateway, cast.own, { actor: 'user:bob' }))).toBe('23505');
});

test.each([
  { what: 'the wrong key', signature: { key: Buffer.alloc(32, 1) } },
  { what: 'no key', signature: { key: Buffer.alloc(0) } },
  { what: 'the signature of another tenant', signature: { signedTenant: 't_0000000000000000' } },
  { what: 'the signature of another actor', signature: { signed: { actor: 'user:bob' } } },
  { what: 'the signature of another operation', signature: { signed: { name: 'readCustomer' } } },
  { what: 'the signature of another request', signature: { signed: { requestId: 'r2' } } },
  { what: 'the signature of another id', signature: { signed: { id: randomUUID() } } },
  { what: 'a signature that has expired', signature: { validFor: -1 } },
])('[TA] an operation with $what is refused', async ({ signature }) => {
  expect(await openAlone(cast.own, {}, signature)).toBe(DENIED);
});

test('[TA] an operation of a tenant that does not exist is refused', async () => {
  expect(await openAlone('t_0000000000000000', {})).toBe(DENIED);
  expect(await openAlone('insula', {})).toBe(DENIED);
});

test('[TA] an operation can not be split at another place by a line feed', async () => {
  // Both have the message "…\nuser:alice\ndelete\nnothing\n…".
  expect(await openAlone(cast.own, { actor: 'user:alice\ndelete', name: 'nothing' })).toBe(DENIED);
});

test('[TA] an operation without one of its arguments is refused', async () => {
  const text = `select insula.open_operation('${cast.own}', gen_random_uuid(), null, 'n', 'r', 9999999999, '\\x00')`;
  expect(await outcomeOf(send(gateway, text))).toBe(DENIED);
});

test('[TA] a replayed operation is refused, in the same session and in another', async () => {
  const id = randomUUID();
  await enter(gateway, cast.own, { operation: { id } });
  await gateway.query('commit');
  const replay = (client: pg.Client) => open(client, cast.own, { id });
  await expect(replay(gateway)).rejects.toMatchObject({ code: '23505', constraint: 'operation_id' });
  await cast.as('gateway', (other) =>
    expect(replay(other)).rejects.toMatchObject({ code: '23505', constraint: 'operation_id' }),
  );
});

test('[SC] the opener waits for a transaction that has the same id, and then says how it ended', async () => {
  for (const end of ['commit', 'rollback'] as const) {
    const id = randomUUID();
    await enter(gateway, cast.own, { operation: { id } });
    await cast.as('gateway', async (asking) => {
      let settled = false;
      const answer = outcomeOf(open(asking, cast.own, { id })).finally(() => {
        settled = true;
      });
      await cast.as('admin', (admin) => waitFor(admin, 'transactionid'));
      expect(settled).toBe(false);
      await gateway.query(end);
      expect(await answer).toBe(end === 'commit' ? '23505' : 'done');
    });
  }
});

async function waitFor(admin: pg.Client, lock: string): Promise<void> {
  const waiting = `select from pg_locks where not granted and locktype = $1
    and pid in (select pid from pg_stat_activity where datname = current_database())`;
  while (!(await admin.query(waiting, [lock])).rowCount)
    await new Promise((resolve) => setTimeout(resolve, 5));
}

test("[TA] a tenant's role can not open an operation, though it has a valid signature", async () => {
  await enter(gateway, cast.own);
  expect(await outcomeOf(open(gateway, cast.own))).toBe(DENIED);
});

test("[TA] a session that crossed into another tenant's role can write nothing there", async () => {
  await enter(gateway, cast.own, { operation: { actor: 'user:mallory' } });
  // What the guard would refuse.
  await gateway.query(`set local role ${cast.other}`);
  await gateway.query(`savepoint crossed`);
  for (const text of [INSERT, `update customer set name = 'x'`, 'delete from invoice']) {
    const there = text.replace(/customer|invoice/, (table) => `${cast.other}.${table}`);
    await expect(send(gateway, there)).rejects.toMatchObject({
      code: DENIED,
      message: 'no operation is open',
    });
    await gateway.query('rollback to savepoint crossed');
  }
});

test('[TA] an operation that was rolled back to its savepoint is open no more', async () => {
  await gateway.query('begin');
  await gateway.query('savepoint before');
  await open(gateway, cast.own);
  await gateway.query('rollback to savepoint before');
  await gateway.query(`set local role ${cast.own}`);
  expect(await outcomeOf(send(gateway, `insert into ${cast.own}.customer (name) values ('x')`))).toBe(DENIED);
});

test('[TA] an operation ends with its transaction', async () => {
  await enter(gateway, cast.own, { operation: {} });
  await gateway.query('commit');
  await enter(gateway, cast.own);
  expect(await outcomeOf(send(gateway, INSERT))).toBe(DENIED);
});
