import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Problem } from '../../../src/errors/define.ts';
import { startTcpProxy } from '../../support/tcp-proxy.ts';
import { Book, type Library, openLibrary, ormOf, reading } from './library.ts';

let library: Library;
let north: string;
let south: string;

beforeAll(async () => {
  library = await openLibrary();
  [north, south] = library.tenants;
});
afterAll(() => library[Symbol.asyncDispose]());

const pid = 'select pg_catalog.pg_backend_pid() as pid';

describe('the pool', () => {
  test('[SI] no connection in time: busy, and when to ask again', async () => {
    await using database = library.connect({ maxConnections: 1, connectionTimeout: 700 });
    await using holder = database.begin(reading(north));
    await holder.execute('select 1');
    await using refused = database.begin(reading(south));
    const failure = await refused.execute('select 1').catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Problem);
    expect(failure).toMatchObject({
      code: 'DATABASE_BUSY',
      extensions: { http: { status: 503, headers: { 'retry-after': '1' } } },
    });
    expect(database.pool).toMatchObject({ total: 1, waiting: 0 });
    // Through MikroORM it stays the problem that it is.
    await using mapped = database.begin(reading(south));
    const em = ormOf(database).em.fork();
    await expect(mapped.run(() => em.find(Book, {}))).rejects.toMatchObject({ code: 'DATABASE_BUSY' });
    await holder.rollback();
    await using served = database.begin(reading(south));
    await served.execute('select 1');
  });

  test('[SI] the server can’t be reached: unavailable', async () => {
    for (const url of [
      'postgresql://x:y@127.0.0.1:1/nowhere',
      'postgresql://x:y@%2Fno%2Fsuch%2Fdirectory:5432/nowhere',
    ]) {
      await using database = library.connect({ url, connectionTimeout: 500 });
      const attempts = Array.from({ length: 10 }, async () => {
        await using transaction = database.begin(reading(north));
        return await transaction.execute('select 1').catch((error: unknown) => error);
      });
      for (const failure of await Promise.all(attempts)) {
        expect(failure).toMatchObject({
          code: 'DATABASE_UNAVAILABLE',
          extensions: { http: { status: 503 } },
        });
        expect(String(failure)).not.toMatch(/ECONNREFUSED|ENOENT|127/);
      }
    }
  });

  test('[SI] a server that does not answer while connecting: unavailable', async () => {
    const proxy = await startTcpProxy(library.database.url('gateway'));
    proxy.freeze();
    await using database = library.connect({
      url: proxy.through(library.database.url('gateway')),
      connectionTimeout: 200,
    });
    await using transaction = database.begin(reading(north));
    await expect(transaction.execute('select 1')).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    await proxy[Symbol.asyncDispose]();
  });

  test('[SI] a wrong password is told to the log alone', async () => {
    const url = new URL(library.database.url('gateway'));
    url.password = 'wrong';
    const logged: object[] = [];
    const logger = { warn: (details: object) => logged.push(details) };
    await using database = library.connect({ url: url.href, logger });
    await using transaction = database.begin(reading(north));
    await expect(transaction.execute('select 1')).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    expect(logged).toMatchObject([{ error: { code: '28P01' } }]);
  });

  test('[SI] never more connections than allowed, and all are served', async () => {
    await using database = library.connect({ maxConnections: 3, connectionTimeout: 10_000 });
    let most = 0;
    let done = false;
    const watch = async () => {
      while (!done) {
        const { rows } = await library.admin.query(
          `select count(*)::int as n from pg_stat_activity where usename = 'insula_gateway' and datname = current_database()`,
        );
        most = Math.max(most, rows[0].n);
      }
    };
    const watching = watch();
    const work = async (n: number) => {
      await using transaction = database.begin(reading(n % 2 ? north : south));
      const { rows } = await transaction.execute(pid);
      await sleep(5);
      return rows[0]?.pid;
    };
    const pids = await Promise.all(Array.from({ length: 40 }, (_, n) => work(n)));
    done = true;
    await watching;
    expect(most).toBeGreaterThan(0);
    expect(new Set(pids).size).toBeLessThanOrEqual(3);
    expect(most).toBeLessThanOrEqual(3);
    expect(database.pool).toMatchObject({ waiting: 0 });
  });

  test('[SI] a tenant comes back to the connection that knows it', async () => {
    await using database = library.connect({ maxConnections: 8 });
    const backendOf = async (tenant: string) => {
      await using transaction = database.begin(reading(tenant));
      return (await transaction.execute(pid)).rows[0]?.pid;
    };
    /** The end of a read is not waited for. */
    const allIdle = async () => {
      while (database.pool.idle < database.pool.total) await sleep(1);
    };
    // As many connections as there may be.
    await Promise.all(Array.from({ length: 8 }, () => backendOf(north)));
    const homes = { north: new Set<unknown>(), south: new Set<unknown>() };
    for (let n = 0; n < 10; n++) {
      await allIdle();
      homes.north.add(await backendOf(north));
      await allIdle();
      homes.south.add(await backendOf(south));
    }
    expect([homes.north.size, homes.south.size]).toEqual([1, 1]);
  });

  test('[SR] idle connections are closed after a while', async () => {
    await using database = library.connect({ idleTimeout: 50 });
    await using transaction = database.begin(reading(north));
    await transaction.execute('select 1');
    await transaction.rollback();
    await expect.poll(() => database.pool).toMatchObject({ total: 1, idle: 1 });
    await expect.poll(() => database.pool).toMatchObject({ total: 0, idle: 0 });
  });

  test('[SR] a database that is closed refuses, and closes what is still used when it is released', async () => {
    await using database = library.connect();
    await using held = database.begin(reading(north));
    await held.execute('select 1');
    await database[Symbol.asyncDispose]();
    await using refused = database.begin(reading(north));
    await expect(refused.execute('select 1')).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    await expect(held.execute('select 1 as one')).resolves.toMatchObject({ rows: [{ one: 1 }] });
    await held.rollback();
    await expect.poll(() => database.pool.total).toBe(0);
  });
});
