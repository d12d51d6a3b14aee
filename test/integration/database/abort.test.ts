import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { TenantDatabase } from '../../../src/database/tenant-database.ts';
import { startTcpProxy } from '../../support/tcp-proxy.ts';
import { askConnection } from './ask.ts';
import { type Library, openLibrary, ormOf, reading, writing } from './library.ts';

let library: Library;
let database: TenantDatabase;
let north: string;
let south: string;

beforeAll(async () => {
  library = await openLibrary();
  [north, south] = library.tenants;
  database = library.connect({ maxConnections: 8, connectionTimeout: 10_000 });
});
afterAll(() => library[Symbol.asyncDispose]());

/** A few milliseconds. */
const SHORT = 'select count(*) from generate_series(1, 10000)';
const SLOW = 'select count(*) from generate_series(1, 10000) a, generate_series(1, 100000) b';

class Gone extends Error {}

/** Backends that run something now. */
async function running(): Promise<number> {
  const { rows } = await library.admin.query(
    `select count(*)::int as n from pg_stat_activity where usename = 'insula_gateway' and state = 'active' and datname = current_database()`,
  );
  return rows[0].n;
}

async function backendOf(database: TenantDatabase): Promise<unknown> {
  await using transaction = database.begin(reading(north));
  return (await transaction.execute('select pg_catalog.pg_backend_pid() as pid')).rows[0]?.pid;
}

/** Lets promises go on, so many times, and nothing else happen. */
async function ticks(count: number): Promise<void> {
  for (let n = 0; n < count; n++) await undefined;
}

describe('the caller goes away', () => {
  test('[SR] the running statement is cancelled and the connection closed', async () => {
    const controller = new AbortController();
    await using transaction = database.begin(
      writing(north, { signal: controller.signal, statementTimeout: 60_000 }),
    );
    await transaction.execute(`insert into author (id, name) values (500, 'gone')`);
    const slow = transaction.execute(SLOW).catch((error: unknown) => error);
    const waiting = transaction.execute('select 1').catch((error: unknown) => error);
    await sleep(100);
    expect(await running()).toBe(1);
    const started = performance.now();
    controller.abort(new Gone());
    expect(await slow).toBeInstanceOf(Gone);
    expect(await waiting).toBeInstanceOf(Gone);
    await transaction.rollback();
    expect(performance.now() - started).toBeLessThan(1_000);
    expect(transaction.state).toBe('broken');
    expect(await running()).toBe(0);
    expect(database.pool.total).toBe(0);
    const { rows } = await library.admin.query(`select from ${north}.author where id = 500`);
    expect(rows).toEqual([]);
  });

  test('[SR] between two statements, or during a short one, the connection is kept, and is clean', async () => {
    await using single = library.connect({ maxConnections: 1 });
    const clean = await askConnection(single);
    const before = await backendOf(single);
    for (const [id, during] of [
      [501, undefined],
      [502, SHORT],
      [503, 'select 1 / 0'],
    ] as const) {
      const controller = new AbortController();
      await using transaction = single.begin(writing(north, { signal: controller.signal }));
      await transaction.execute(`insert into author (id, name) values (${id}, 'gone')`);
      const running = during && transaction.execute(during).catch((error: unknown) => error);
      // It is sent, and no answer can have been read.
      await ticks(20);
      controller.abort(new Gone());
      await expect(transaction.execute('select 1')).rejects.toThrow(Gone);
      await expect(transaction.commit()).rejects.toThrow(Gone);
      if (running) expect(await running).toBeInstanceOf(Gone);
      await transaction.rollback();
      expect(transaction.state).toBe('broken');
      expect(await askConnection(single)).toEqual(clean);
    }
    expect(await backendOf(single)).toBe(before);
    const { rows } = await library.admin.query(`select from ${north}.author where id between 501 and 503`);
    expect(rows).toEqual([]);
  });

  test('[SR] at whichever moment while a connection is taken, it is nobody’s but the next one’s', async () => {
    await using single = library.connect({ maxConnections: 1 });
    const me = 'select current_user as me';
    const before = await backendOf(single);
    for (let moment = 0; moment < 40; moment++) {
      while (single.pool.idle === 0) await sleep(1);
      const controller = new AbortController();
      await using gone = single.begin(reading(north, { signal: controller.signal }));
      await using next = single.begin(reading(south));
      const refused = gone.execute(me).catch((error: unknown) => error);
      const served = next.execute(me);
      await ticks(moment);
      controller.abort(new Gone());
      expect((await served).rows).toEqual([{ me: south }]);
      expect(await refused).toBeInstanceOf(Gone);
    }
    // Behind a pooler a connection has no backend of its own.
    if (!inject('pooler')) expect(await backendOf(single)).toBe(before);
  });

  test('[SI] many who go away cost hardly any connection', async () => {
    await using proxy = await startTcpProxy(library.database.url('gateway'));
    await using busy = library.connect({
      url: proxy.through(library.database.url('gateway')),
      maxConnections: 10,
    });
    let gone = 0;
    const fickle = async (n: number) => {
      const controller = new AbortController();
      await using transaction = busy.begin(reading(north, { signal: controller.signal }));
      await transaction.execute('select 1');
      const statement = transaction.execute(SHORT).catch(() => gone++);
      if (n % 2) await sleep(1);
      controller.abort(new Gone());
      await statement;
    };
    const client = async (number: number) => {
      for (let n = 0; n < 20; n++) await fickle(number + n);
    };
    await Promise.all(Array.from({ length: 10 }, (_, number) => client(number)));
    expect(gone).toBeGreaterThan(100);
    // The pool's own, and a cancellation and a new one for each statement that took too long on a busy machine.
    expect(proxy.connections).toBeLessThan(10 + 20);
  });

  test('[SI] a tenant of many who go away waits, and the others don’t', async () => {
    await using busy = library.connect({ maxConnections: 8 });
    const abandon = async () => {
      const controller = new AbortController();
      const transaction = busy.begin(reading(north, { signal: controller.signal, statementTimeout: 60_000 }));
      const slow = transaction.execute(SLOW).catch(() => undefined);
      await expect.poll(() => transaction.state).toBe('open');
      await sleep(50);
      controller.abort(new Gone());
      await slow;
      await transaction.rollback();
    };
    await Promise.all(Array.from({ length: 4 }, abandon));
    await using mine = busy.begin(reading(north));
    const waiting = mine.execute('select 1 as one');
    await sleep(0);
    expect(busy.pool.waiting).toBe(1);
    await using others = busy.begin(reading(south));
    await others.execute('select 1');
    expect(busy.pool.waiting).toBe(1);
    expect((await waiting).rows).toEqual([{ one: 1 }]);
  });

  test('[SR] a database that is closed meanwhile waits for the end', async () => {
    const closing = library.connect({ maxConnections: 1 });
    const controller = new AbortController();
    await using transaction = closing.begin(
      writing(north, { signal: controller.signal, statementTimeout: 60_000 }),
    );
    const slow = transaction.execute(SLOW).catch((error: unknown) => error);
    await expect.poll(running).toBe(1);
    controller.abort(new Gone());
    await closing[Symbol.asyncDispose]();
    expect(closing.pool.total).toBe(0);
    expect(await running()).toBe(0);
    expect(await slow).toBeInstanceOf(Gone);
  });

  test('[SR] before the first statement: nothing is sent', async () => {
    await using unused = library.connect();
    for (const early of [true, false]) {
      const controller = new AbortController();
      if (early) controller.abort(new Gone());
      await using transaction = unused.begin(reading(north, { signal: controller.signal }));
      if (!early) controller.abort(new Gone());
      await expect(transaction.execute('select 1')).rejects.toThrow(Gone);
    }
    expect(unused.pool.total).toBe(0);
  });

  test('[SR] while a connection is waited for', async () => {
    const single = library.connect({ maxConnections: 1 });
    await using holder = single.begin(reading(north));
    await holder.execute('select 1');
    const controller = new AbortController();
    await using transaction = single.begin(reading(south, { signal: controller.signal }));
    const waiting = transaction.execute('select 1').catch((error: unknown) => error);
    await sleep(20);
    expect(single.pool.waiting).toBe(1);
    controller.abort(new Gone());
    expect(await waiting).toBeInstanceOf(Gone);
    expect(single.pool).toMatchObject({ total: 1, waiting: 0 });
    await expect(holder.execute('select 1 as one')).resolves.toMatchObject({ rows: [{ one: 1 }] });
  });

  test('[SR] in the middle of a stream', async () => {
    const controller = new AbortController();
    const em = ormOf(database).em.fork();
    await using transaction = database.begin(reading(north, { signal: controller.signal }));
    const stream = async () => {
      for await (const _ of em.getConnection().stream('select n from generate_series(1, 100000) n')) {
        controller.abort(new Gone());
      }
    };
    await expect(transaction.run(stream)).rejects.toThrow(Gone);
  });

  test('[SC] once COMMIT was sent the outcome is the server’s', async () => {
    const controller = new AbortController();
    await using transaction = database.begin(writing(north, { signal: controller.signal }));
    await transaction.execute('insert into slow_commit (id, seconds) values (1, 0.3)');
    const committing = transaction.commit();
    await sleep(100);
    controller.abort(new Gone());
    await committing;
    expect(transaction.state).toBe('committed');
    const { rows } = await library.admin.query(`select id from ${north}.slow_commit`);
    expect(rows).toEqual([{ id: 1 }]);
  });

  test('[SR] a cancellation never hits another tenant’s statement', async () => {
    const outcomes = { gone: 0, done: 0 };
    const steady = async (n: number) => {
      await using transaction = database.begin(reading(n % 2 ? north : south));
      const { rows } = await transaction.execute(
        'select count(*)::int as n from generate_series(1, 30000) n',
      );
      expect(rows).toEqual([{ n: 30_000 }]);
      outcomes.done++;
    };
    const fickle = async (n: number) => {
      const controller = new AbortController();
      await using transaction = database.begin(reading(n % 2 ? north : south, { signal: controller.signal }));
      const timer = setTimeout(() => controller.abort(new Gone()), n % 12);
      await transaction.execute('select count(*)::int as n from generate_series(1, 30000) n').then(
        () => outcomes.done++,
        (error: unknown) => {
          expect(error).toBeInstanceOf(Gone);
          outcomes.gone++;
        },
      );
      clearTimeout(timer);
    };
    await Promise.all(Array.from({ length: 400 }, (_, n) => (n % 3 ? steady(n) : fickle(n))));
    expect(outcomes.done + outcomes.gone).toBe(400);
    expect(outcomes.gone).toBeGreaterThan(5);
  });
});
