import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Pool } from '../../../src/database/pool.ts';
import type { TenantDatabase } from '../../../src/database/tenant-database.ts';
import type { TenantTransaction } from '../../../src/database/transaction.ts';
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

  test('[SI] a tenant waits a moment for the backend that knows it, and not for ever', async () => {
    await using database = library.connect({ maxConnections: 2 });
    const backendOf = async (transaction: TenantTransaction) => (await transaction.execute(pid)).rows[0]?.pid;
    const opened = [north, south].map((tenant) => database.begin(reading(tenant)));
    const [, other] = await Promise.all(opened.map(backendOf));
    for (const transaction of opened) await transaction.rollback();
    while (database.pool.idle < 2) await sleep(1);

    const held = database.begin(reading(north));
    const known = await backendOf(held);
    await using patient = database.begin(reading(north));
    const waiting = backendOf(patient);
    await held.rollback();
    expect(await waiting).toBe(known);

    await using impatient = database.begin(reading(north));
    expect(await backendOf(impatient)).toBe(other);
  });

  test('[SI] a tenant that waited in line is served although the backend that has come to know it stays busy', async () => {
    await using database = library.connect({ maxConnections: 2 });
    const holders = [database.begin(reading(south)), database.begin(reading(south))];
    for (const holder of holders) await holder.execute('select 1');
    await using first = database.begin(reading(north));
    await using second = database.begin(reading(north));
    const both = [first.execute(pid), second.execute(pid)];
    for (const holder of holders) await holder.rollback();
    const pids = (await Promise.all(both)).map(({ rows }) => rows[0]?.pid);
    expect(new Set(pids).size).toBe(2);
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

describe('a backend that keeps too much', () => {
  /** Has each of the pool's connections serve enough tenants that its backend is looked at. */
  async function use(pool: Pool, connections: number, held = 0) {
    for (let round = 0; round < 16; round++) {
      const names = Array.from({ length: connections }, (_, n) => `tenant${round}x${n}`);
      const taken = await Promise.all(names.map((name) => pool.acquire(name)));
      for (const connection of taken) pool.release(connection);
      while (pool.idle + held < pool.total) await sleep(1);
    }
  }

  const poolOf = ({ pool }: TenantDatabase): Pool => {
    if (!(pool instanceof Pool)) throw new Error('The pool is no Pool.');
    return pool;
  };

  /** What a new backend keeps, in bytes. */
  async function smallest(): Promise<number> {
    await using database = library.connect({ maxConnections: 1, backendMemory: 2 ** 40 });
    await use(poolOf(database), 1);
    return poolOf(database).backendMemory;
  }

  const backendOf = async (database: TenantDatabase) => {
    await using transaction = database.begin(reading(north));
    return (await transaction.execute(pid)).rows[0]?.pid;
  };

  test('[SR] is replaced by a new one when there is time for it', async () => {
    const limit = (await smallest()) * 0.75;
    await using database = library.connect({ maxConnections: 1, backendMemory: limit });
    const before = await backendOf(database);
    await use(poolOf(database), 1);
    await expect.poll(() => database.pool).toMatchObject({ closed: { memory: 1, ceiling: 0 }, idle: 1 });
    expect(await backendOf(database)).not.toBe(before);
  });

  test('[SR] stays while others are busy, and then they are replaced one after the other', async () => {
    const limit = (await smallest()) * 0.75;
    await using database = library.connect({ maxConnections: 4, backendMemory: limit });
    const pool = poolOf(database);
    const held = await Promise.all(['a', 'b', 'c'].map((name) => pool.acquire(name)));
    await use(pool, 1, held.length);
    expect(pool.backendMemory).toBeGreaterThan(limit);
    expect(pool.closed.memory).toBe(0);
    let least = pool.idle + held.length;
    for (const connection of held) pool.release(connection);
    await use(pool, 4);
    while (pool.closed.memory < 4) {
      least = Math.min(least, pool.idle);
      await sleep(1);
    }
    expect(least).toBeGreaterThanOrEqual(3);
    await expect.poll(() => pool).toMatchObject({ idle: 4, closed: { ceiling: 0, broken: 0 } });
  });

  test('[SR] is replaced at twice its share although others wait', async () => {
    const limit = (await smallest()) * 0.3;
    const patient = { connectionTimeout: 20_000 };
    await using database = library.connect({ maxConnections: 1, backendMemory: limit, ...patient });
    let served = 0;
    const work = async (n: number) => {
      await using transaction = database.begin(reading(n % 2 ? north : south));
      await transaction.execute('select 1');
      served++;
    };
    // Two tenants are too few for a look; a thousand transactions are not.
    await Promise.all(Array.from({ length: 1_200 }, (_, n) => work(n)));
    expect(served).toBe(1_200);
    expect(database.pool.closed).toMatchObject({ memory: 0, ceiling: 1, broken: 0 });
  });

  test('[SR] is left alone, and the log says so once, where the database has no function that tells', async () => {
    await library.admin.query('alter function insula.backend_memory() rename to gone');
    try {
      const logged: unknown[] = [];
      const logger = { warn: (_: object, message?: string) => logged.push(message) };
      await using database = library.connect({ maxConnections: 2, backendMemory: 1, logger });
      await use(poolOf(database), 2);
      expect(logged).toEqual(['Backends do not tell their memory, and are not replaced for it']);
      expect(database.pool).toMatchObject({ total: 2, closed: { ceiling: 0, broken: 0 } });
    } finally {
      await library.admin.query('alter function insula.gone() rename to backend_memory');
    }
  });

  test('[MC] backends that know a tenant are told from those that do not', async () => {
    await using database = library.connect({ maxConnections: 1 });
    for (const tenant of [north, north, south, north]) {
      await using transaction = database.begin(reading(tenant));
      await transaction.execute('select title from book where id = $1', [1]);
    }
    expect(database.pool.tenants).toEqual({ known: 2, new: 2 });
    expect(database.pool.namedStatements).toBeGreaterThan(1);
  });
});
