import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { ConnectionLost, MoreThanOneStatement } from '../../../src/database/errors.ts';
import { classify } from '../../../src/database/failures.ts';
import type { TenantDatabase } from '../../../src/database/tenant-database.ts';
import type { TenantTransaction, TransactionOptions } from '../../../src/database/transaction.ts';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';
import { askConnection } from './ask.ts';
import { Author, type Library, openLibrary, ormOf, reading, writing } from './library.ts';

let library: Library;
let proxy: TcpProxy;
let database: TenantDatabase;
let clean: Awaited<ReturnType<typeof askConnection>>;
let north: string;
let south: string;

const single = (tenant: string, more: Partial<TransactionOptions> = {}) =>
  reading(tenant, { single: true, ...more });

beforeAll(async () => {
  library = await openLibrary();
  [north, south] = library.tenants;
  proxy = await startTcpProxy(library.database.url('gateway'));
});
beforeEach(async () => {
  database = library.connect({ url: proxy.through(library.database.url('gateway')), maxConnections: 1 });
  clean = await askConnection(database);
  expect(clean).toMatchObject({
    user: 'insula_gateway',
    role: 'none',
    readOnly: 'off',
    inTransaction: false,
  });
});
afterEach(() => database[Symbol.asyncDispose]());
afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  await library[Symbol.asyncDispose]();
});

/** The connection is as it was when it was new, and serves another tenant. */
async function expectClean(): Promise<void> {
  expect(await askConnection(database)).toEqual(clean);
  await using transaction = database.begin(writing(south));
  const { rows } = await transaction.execute('select current_user as me');
  expect(rows).toEqual([{ me: south }]);
  expect(database.pool).toMatchObject({ total: 1, waiting: 0 });
}

const SESSION = `select current_user as me, current_setting('search_path') as path,
  current_setting('statement_timeout') as timeout, current_setting('lock_timeout') as lock,
  current_setting('transaction_read_only') as read_only`;

/** Takes seconds, without pg_sleep, which is no tenant's privilege. */
const SLOW = 'select count(*) from generate_series(1, 10000) a, generate_series(1, 100000) b';

describe('a read of a single statement', () => {
  test('[SI SR] runs as the role and in the schema of its tenant, read only, one tenant after the other', async () => {
    for (const tenant of [north, south, north]) {
      await using transaction = database.begin(single(tenant));
      const { rows } = await transaction.execute(SESSION);
      expect(rows).toEqual([
        { me: tenant, path: `"${tenant}", pg_temp`, timeout: '5s', lock: '5s', read_only: 'on' },
      ]);
    }
    await expectClean();
  });

  test('[SI PR] is one write with one sync, without BEGIN and without an end', async () => {
    await sleep(20);
    const before = { sent: proxy.sent.length, arrivals: proxy.arrivals };
    await using transaction = database.begin(single(north));
    await transaction.execute('select count(*) from book');
    await transaction.rollback();
    await sleep(20);
    const sent = proxy.sent.slice(before.sent);
    expect(proxy.arrivals - before.arrivals).toBe(1);
    expect(sent.filter(({ type }) => type === 'S')).toHaveLength(1);
    expect(sent.filter(({ type }) => type === 'E')).toHaveLength(2);
    expect(sent.filter(({ type }) => type === 'Q')).toHaveLength(0);
  });

  test('[SI] has given its connection back when its rows are there', async () => {
    await using transaction = database.begin(single(north));
    await transaction.execute('select 1');
    await using other = database.begin(single(south));
    await expect(other.execute('select current_user as me')).resolves.toMatchObject({
      rows: [{ me: south }],
    });
    await transaction.commit();
    expect(transaction.state).toBe('committed');
    await expectClean();
  });

  test.each([
    `insert into author (id, name) values (950, 'written')`,
    `with w as (insert into author (id, name) values (950, 'written') returning id) select * from w`,
    `update author set name = 'written'`,
    `select * from author for update`,
  ])('[DO] writes nothing: %s', async (text) => {
    await using transaction = database.begin(single(north));
    const failure = await transaction.execute(text).catch((error: unknown) => error);
    expect(classify(failure)).toBe('read only');
    await expectClean();
    const { rows } = await library.admin.query(`select from ${north}.author where name = 'written'`);
    expect(rows).toEqual([]);
  });

  test('[DO SI] can’t leave its role or its limits', async () => {
    for (const text of [
      `select set_config('role', 'none', false)`,
      `select set_config('transaction_read_only', 'off', true)`,
      `select * from ${south}.book`,
    ]) {
      await using transaction = database.begin(single(north));
      await expect(transaction.execute(text)).rejects.toMatchObject({ code: '42501' });
      await expectClean();
    }
  });

  test('[SD SR] that fails, or whose tenant is none, leaves a clean connection', async () => {
    for (const [tenant, text] of [
      [north, 'select 1 / 0'],
      [north, 'select nonsense from'],
      ['t_nobody', 'select 1'],
    ] as const) {
      await using transaction = database.begin(single(tenant));
      await expect(transaction.execute(text)).rejects.toThrow(pg.DatabaseError);
      await expect(transaction.execute('select 1')).rejects.toThrow(MoreThanOneStatement);
      await expectClean();
    }
  });

  test('[SD SR] that takes too long is ended by the server', async () => {
    await using transaction = database.begin(single(north, { statementTimeout: 100 }));
    await expect(transaction.execute(SLOW)).rejects.toMatchObject({ code: '57014' });
    await expectClean();
  });

  test('[SR] whose caller goes away is cancelled; what follows on the connection is not', async () => {
    const reason = new Error('gone');
    for (const text of [SLOW, 'select count(*) from generate_series(1, 1000)']) {
      for (const after of [0, 1, 5, 40]) {
        const controller = new AbortController();
        await using transaction = database.begin(single(north, { signal: controller.signal }));
        const outcome = transaction.execute(text).catch((error: unknown) => error);
        await sleep(after);
        controller.abort(reason);
        if (text === SLOW) expect(await outcome).toBe(reason);
        await outcome;
        await transaction.rollback();
        expect(await askConnection(database)).toEqual(clean);
        await using next = database.begin(single(south));
        await expect(next.execute('select current_user as me')).resolves.toMatchObject({
          rows: [{ me: south }],
        });
      }
    }
  });

  test('[SD SR] during which the connection is lost says so, and is not sent again', async () => {
    await using transaction = database.begin(single(north));
    const failure = transaction.execute(SLOW).catch((error: unknown) => error);
    await sleep(300);
    proxy.breakAll();
    expect(await failure).toBeInstanceOf(ConnectionLost);
    await expectClean();
  });

  test('[SI] goes to another connection when its own had died while it was idle', async () => {
    proxy.breakAll();
    await using transaction = database.begin(single(north));
    await expect(transaction.execute('select current_user as me')).resolves.toMatchObject({
      rows: [{ me: north }],
    });
    expect(transaction.exceeded).toBe(false);
    await expectClean();
  });

  test.skipIf(inject('pooler'))(
    '[SD SR] with a plan from before a migration makes all forget their plans',
    async () => {
      const select = async () => {
        await using transaction = database.begin(single(north));
        return await transaction.execute('select * from author where id = $1', [1]);
      };
      await select();
      await library.admin.query(`alter table ${north}.author add column pseudonym text`);
      expect(classify(await select().catch((error: unknown) => error))).toBe('stale plan');
      expect((await select()).rows[0]).toHaveProperty('pseudonym');
      await expectClean();
    },
  );
});

describe('a read of a single statement that turns out to be more', () => {
  test.each<[string, (transaction: TenantTransaction) => Promise<unknown>]>([
    ['one after the other', (one) => one.execute('select 1').then(() => one.execute('select 2'))],
    ['two at once', (one) => Promise.all([one.execute('select 1'), one.execute('select 2')])],
    ['one to travel along', (one) => one.execute('select 1').then(() => one.executeAhead('select 2'))],
  ])('[SI] is refused, and known to be: %s', async (_what, work) => {
    await using transaction = database.begin(single(north));
    await expect(work(transaction)).rejects.toThrow(MoreThanOneStatement);
    expect(transaction).toMatchObject({ exceeded: true, statements: 1 });
    await expectClean();
  });

  test('[SI] is refused: a stream, whose portal would not outlive the first rows, and a savepoint', async () => {
    const orm = ormOf(database);
    await using streaming = database.begin(single(north));
    const rows = streaming.run(async () => {
      for await (const author of orm.em.fork().stream(Author)) return author;
      return undefined;
    });
    await expect(rows).rejects.toThrow();
    expect(streaming).toMatchObject({ exceeded: true, statements: 0 });

    await using nesting = database.begin(single(north));
    const nested = nesting.run(() =>
      orm.em.fork().transactional((em) => em.transactional((inner) => inner.count(Author))),
    );
    await expect(nested).rejects.toThrow();
    expect(nesting).toMatchObject({ exceeded: true, statements: 0 });
    await expectClean();
  });

  test('[SI] may be a transaction of MikroORM’s around the one statement', async () => {
    const orm = ormOf(database);
    await using transaction = database.begin(single(north));
    const count = await transaction.run(() => orm.em.fork().transactional((em) => em.count(Author)));
    expect(count).toBeGreaterThan(0);
    expect(transaction).toMatchObject({ exceeded: false, statements: 1 });
  });

  test('[DO] never writes: that would be another transaction', () => {
    expect(() => database.begin(writing(north, { single: true }))).toThrow('never a single statement');
  });
});

test('[SI SR] reads of a single statement among everything else: each gets its own answer, whatever goes wrong around it', async () => {
  const storm = library.connect({ maxConnections: 6, connectionTimeout: 20_000 });
  const one = async (n: number) => {
    const tenant = n % 2 ? north : south;
    const controller = new AbortController();
    const { signal } = controller;
    const alone = n % 3 > 0;
    await using transaction = storm.begin(reading(tenant, { signal, single: alone }));
    if (n % 11 === 1) setTimeout(() => controller.abort(new Error('gone')), n % 10);
    if (n % 13 === 1) await transaction.execute('select 1 / 0').catch(() => undefined);
    const { rows } = await transaction.execute('select current_user as me, $1::int as n', [n]);
    expect(rows).toEqual([{ me: tenant, n }]);
    if (n % 5 === 0) {
      const again = transaction.execute('select current_user as me, $1::int as n', [n]);
      if (alone) await expect(again).rejects.toThrow(MoreThanOneStatement);
      else expect((await again).rows).toEqual([{ me: tenant, n }]);
    }
  };
  const outcomes = await Promise.allSettled(Array.from({ length: 400 }, (_, n) => one(n)));
  const undisturbed = outcomes.filter((_, n) => n % 11 !== 1 && n % 13 !== 1);
  expect(undisturbed.filter(({ status }) => status === 'rejected')).toEqual([]);
  expect(await askConnection(storm)).toEqual(clean);
  await storm[Symbol.asyncDispose]();
});
