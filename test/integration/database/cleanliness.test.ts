import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { ConnectionLost, ServerSilent, TransactionFailed } from '../../../src/database/errors.ts';
import { classify } from '../../../src/database/failures.ts';
import type { TenantDatabase, TenantDatabaseOptions } from '../../../src/database/tenant-database.ts';
import { CommitLost, type TenantTransaction } from '../../../src/database/transaction.ts';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';
import { askConnection } from './ask.ts';
import { type Library, openLibrary, operation, reading, writing } from './library.ts';

let library: Library;
let proxy: TcpProxy;
let database: TenantDatabase;
let clean: Awaited<ReturnType<typeof askConnection>>;
let north: string;
let south: string;

const connect = (options?: Partial<TenantDatabaseOptions>) =>
  library.connect({ url: proxy.through(library.database.url('gateway')), maxConnections: 1, ...options });

beforeAll(async () => {
  library = await openLibrary();
  [north, south] = library.tenants;
  proxy = await startTcpProxy(library.database.url('gateway'));
});
beforeEach(async () => {
  database = connect();
  clean = await askConnection(database);
  expect(clean).toMatchObject({ user: 'insula_gateway', role: 'none', inTransaction: false });
});
afterEach(async () => {
  await database[Symbol.asyncDispose]();
});
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
  expect(database.pool).toMatchObject({ total: 1, idle: 0, waiting: 0 });
}

async function terminateBackends(): Promise<void> {
  await library.admin.query(
    `select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = 'insula_gateway' and datname = current_database()`,
  );
}

describe('after a failure the connection is clean or gone', () => {
  test('[SD SR] after commit and after rollback', async () => {
    for (const end of ['commit', 'rollback'] as const) {
      for (const options of [reading(north), writing(north)]) {
        const transaction = database.begin(options);
        await transaction.execute('select 1');
        await transaction[end]();
        await expectClean();
      }
    }
  });

  test('[SD SR] BEGIN is refused: the statement behind it does not run', async () => {
    const mine = writing(north, { isolation: 'no such level' as 'serializable' });
    await using transaction = database.begin(mine);
    const attempt = transaction.execute(`insert into author (id, name) values (900, 'outside')`);
    await expect(attempt).rejects.toMatchObject({ code: '42601' });
    expect(transaction.state).toBe('broken');
    await expect(transaction.execute('select 1')).rejects.toMatchObject({ code: '42601' });
    await transaction.rollback();
    await expectClean();
    const { rows } = await library.admin.query(`select from ${north}.author where id = 900`);
    expect(rows).toEqual([]);
  });

  test('[SD SR] the opening of the operation is refused: nothing runs as anybody', async () => {
    const refused = [
      connect({ openerKey: Buffer.alloc(32, 'another key') }).begin(writing(north)),
      database.begin(writing(north, { operation: { ...operation(), actor: 'user:a\nb' } })),
      database.begin(writing(north, { operation: { ...operation(), id: 'no uuid' } })),
    ];
    for (const transaction of refused) {
      await expect(transaction.execute('select current_user')).rejects.toMatchObject({
        code: /^(42501|22P02)$/,
      });
      await expect(transaction.execute('select current_user')).rejects.toMatchObject({ code: '25P02' });
      await transaction.rollback();
    }
    await expectClean();
  });

  test('[SD SR] there is no such tenant', async () => {
    for (const options of [reading('t_nobody'), writing('t_nobody')]) {
      await using transaction = database.begin(options);
      await expect(transaction.execute('select 1')).rejects.toThrow(pg.DatabaseError);
    }
    await expectClean();
  });

  test('[SD SR] the first statement fails, or a later one', async () => {
    for (const before of [[], ['select 1']]) {
      for (const text of [
        'select 1 / 0',
        'select nonsense from',
        'select $1::int',
        `insert into author (id, name) values (1, 'taken')`,
      ]) {
        await using transaction = database.begin(writing(north));
        for (const one of before) await transaction.execute(one);
        await expect(transaction.execute(text, text.includes('$1') ? ['x'] : [])).rejects.toThrow(
          pg.DatabaseError,
        );
        await expect(transaction.execute('select 1')).rejects.toMatchObject({ code: '25P02' });
        await transaction.rollback();
      }
      await expectClean();
    }
  });

  test('[SD SR] a value that can’t be sent fails alone', async () => {
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    await using transaction = database.begin(reading(north));
    await expect(transaction.execute('select $1::jsonb', [circular])).rejects.toThrow(TypeError);
    await expect(transaction.execute('select 1', Array.from({ length: 65_536 }))).rejects.toThrow(RangeError);
    expect(transaction.state).toBe('idle');
    await expect(transaction.execute('select 1 as one')).resolves.toMatchObject({ rows: [{ one: 1 }] });
  });

  test('[SC] COMMIT after a failed statement keeps nothing and says so', async () => {
    await using transaction = database.begin(writing(north));
    await transaction.execute(`insert into author (id, name) values (901, 'lost')`);
    await transaction.execute('select 1 / 0').catch(() => undefined);
    await expect(transaction.commit()).rejects.toThrow(TransactionFailed);
    expect(transaction.state).toBe('rolled back');
    await expectClean();
  });

  test('[SC] a constraint that fails at COMMIT is an ordinary error', async () => {
    await using transaction = database.begin(writing(north));
    await transaction.execute(
      `insert into book (id, title, price, author_id) values (902, 'Orphan', 1, 12345)`,
    );
    const failure = await transaction.commit().catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: '23503' });
    expect(classify(failure)).toBe('constraint');
    expect(transaction.state).toBe('rolled back');
    await expectClean();
    const { rows } = await library.admin.query(`select from ${north}.book where id = 902`);
    expect(rows).toEqual([]);
  });

  test('[SD SR] a statement takes too long', async () => {
    await using transaction = database.begin(reading(north, { statementTimeout: 100 }));
    const failure = await transaction.execute(SLOW).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: '57014' });
    expect(classify(failure)).toBe('timeout');
    await transaction.rollback();
    await expectClean();
  });

  test('[SD SR] the server ends the connection between two statements', async () => {
    await using transaction = database.begin(writing(north));
    await transaction.execute('select 1');
    await terminateBackends();
    const failure = await transaction.execute('select 1').catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ConnectionLost);
    expect(classify(failure)).toBe('connection');
    expect(transaction.state).toBe('broken');
    await expect(transaction.commit()).rejects.toThrow(ConnectionLost);
    await transaction.rollback();
    await expectClean();
  });

  test('[SD SR] the server ends the connection during a statement', async () => {
    await using transaction = database.begin(writing(north));
    const failure = transaction.execute(SLOW).catch((error: unknown) => error);
    await sleep(300);
    await terminateBackends();
    expect(await failure).toBeInstanceOf(ConnectionLost);
    await expectClean();
  });

  test('[SD SR] a transaction that waits too long for its next statement is ended by the server', async () => {
    const impatient = connect({ idleInTransactionTimeout: 50 });
    await using transaction = impatient.begin(writing(north));
    await transaction.execute('select 1');
    await sleep(300);
    const failure = await transaction.execute('select 1').catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ConnectionLost);
    expect(failure).toMatchObject({ cause: { code: '25P03' } });
    await using next = impatient.begin(reading(north));
    await next.execute('select 1');
  });

  test('[SI] a connection that died while it was idle costs no request', async () => {
    await terminateBackends();
    await expectClean();
    // Broken and used at once: nobody can have noticed.
    proxy.breakAll();
    await using transaction = database.begin(writing(north));
    await expect(transaction.execute('select current_user as me')).resolves.toMatchObject({
      rows: [{ me: north }],
    });
    expect(transaction.statements).toBe(1);
  });

  test('[SD SR] a server that says nothing any more is left', async () => {
    const silent = await startTcpProxy(library.database.url('gateway'));
    const left = connect({ url: silent.through(library.database.url('gateway')) });
    await using transaction = left.begin(writing(north, { statementTimeout: 100 }));
    await transaction.execute('select 1');
    silent.freeze();
    await expect(transaction.execute('select 1')).rejects.toThrow(ServerSilent);
    expect(transaction.state).toBe('broken');
    await transaction.rollback();
    expect(left.pool.total).toBe(0);
    await silent[Symbol.asyncDispose]();
  });

  test.skipIf(inject('pooler'))(
    '[SD SR] a migration under prepared statements costs one attempt, and all connections forget their plans',
    async () => {
      const two = connect({ maxConnections: 2 });
      const select = async () => {
        await using transaction = two.begin(reading(north));
        return await transaction.execute('select * from author where id = $1', [1]);
      };
      const both = async () => {
        const transactions = [two.begin(reading(north)), two.begin(reading(north))];
        const results = await Promise.allSettled(
          transactions.map((one) => one.execute('select * from author where id = $1', [1])),
        );
        for (const one of transactions) await one.rollback();
        return results;
      };
      expect((await both()).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
      await library.admin.query(`alter table ${north}.author add column nickname text`);
      const failure = await select().catch((error: unknown) => error);
      expect(classify(failure)).toBe('stale plan');
      expect((await both()).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
      expect((await select()).rows[0]).toHaveProperty('nickname');
    },
  );
});

describe('everything at once', () => {
  test('[DM SC] what was said to be kept is kept, and nothing else, whatever goes wrong around it', async () => {
    const storm = library.connect({ maxConnections: 6, connectionTimeout: 20_000 });
    const kept = new Set<number>();
    const unknown = new Set<number>();
    let last: Promise<unknown> = Promise.resolve();
    const terminate = (pid: unknown) => {
      last = last.then(() => library.admin.query('select pg_terminate_backend($1)', [pid]));
      return last;
    };
    const one = async (id: number) => {
      const tenant = id % 2 ? north : south;
      const controller = new AbortController();
      await using transaction = storm.begin(writing(tenant, { signal: controller.signal }));
      const fate = id % 7;
      if (fate === 1) setTimeout(() => controller.abort(new Error('gone')), id % 10);
      await transaction.execute('insert into author (id, name) values ($1, $2)', [id, tenant]);
      if (fate === 2) await transaction.execute('select 1 / 0');
      if (fate === 3) await terminate(await backend(transaction));
      if (fate === 4) return;
      const { rows } = await transaction.execute(
        'select name, current_user as me from author where id = $1',
        [id],
      );
      expect(rows).toEqual([{ name: tenant, me: tenant }]);
      try {
        await transaction.commit();
        kept.add(id);
      } catch (error) {
        if (error instanceof CommitLost) unknown.add(id);
        throw error;
      }
    };
    const ids = Array.from({ length: 350 }, (_, n) => 10_000 + n);
    await Promise.allSettled(ids.map(one));
    expect(kept.size).toBeGreaterThanOrEqual(150);
    const { rows } = await library.admin.query(
      `select id, name from ${north}.author where id >= 10000 union all select id, name from ${south}.author where id >= 10000`,
    );
    const found = new Set(rows.map(({ id }) => id));
    expect([...kept].filter((id) => !found.has(id))).toEqual([]);
    expect([...found].filter((id) => !kept.has(id) && !unknown.has(id))).toEqual([]);
    for (const { id, name } of rows) expect(name).toBe(id % 2 ? north : south);
    expect(await askConnection(storm)).toEqual(clean);
    await storm[Symbol.asyncDispose]();
  });
});

async function backend(transaction: TenantTransaction): Promise<unknown> {
  return (await transaction.execute('select pg_catalog.pg_backend_pid() as pid')).rows[0]?.pid;
}

/** Takes seconds, without pg_sleep, which is no tenant's privilege. */
const SLOW = 'select count(*) from generate_series(1, 10000) a, generate_series(1, 100000) b';
