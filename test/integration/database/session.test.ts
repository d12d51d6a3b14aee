import { setTimeout as sleep } from 'node:timers/promises';
import { CompiledQuery, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { ForeignSession, NoTenantSession, TransactionEnded } from '../../../src/database/errors.ts';
import type { TenantDatabase } from '../../../src/database/tenant-database.ts';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';
import { Book, type Library, openLibrary, operation, ormOf, reading, writing } from './library.ts';

/** A pooler in transaction mode can't have named statements. */
const unnamed = inject('pooler') !== undefined;

let library: Library;
let database: TenantDatabase;
let proxy: TcpProxy;
let north: string;
let south: string;

beforeAll(async () => {
  library = await openLibrary();
  [north, south] = library.tenants;
  proxy = await startTcpProxy(library.database.url('gateway'));
  database = library.connect({ url: proxy.through(library.database.url('gateway')) });
});
afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  await library[Symbol.asyncDispose]();
});

/** What went over the wire meanwhile: the kinds of messages in order, and in how many writes. */
async function watch(work: () => Promise<unknown>) {
  // The end of a read is not waited for.
  await sleep(20);
  const from = { sent: proxy.sent.length, arrivals: proxy.arrivals, connections: proxy.connections };
  await work();
  await sleep(20);
  const sent = proxy.sent.slice(from.sent);
  return {
    writes: proxy.arrivals - from.arrivals,
    syncs: sent.filter(({ type }) => type === 'S').length,
    executed: sent.filter(({ type }) => type === 'E').length,
    simple: sent.filter(({ type }) => type === 'Q').length,
    texts: sent.flatMap(({ text }) => text ?? []),
    connections: proxy.connections - from.connections,
  };
}

describe('opening', () => {
  test('[SI] statements run as the role and in the schema of the tenant', async () => {
    await using transaction = database.begin(reading(north));
    const { rows } = await transaction.execute(
      `select current_user, current_setting('search_path') as path, current_setting('statement_timeout') as timeout,
              current_setting('transaction_isolation') as isolation, current_setting('transaction_read_only') as read_only,
              current_setting('lock_timeout') as lock, current_setting('idle_in_transaction_session_timeout') as idle`,
    );
    expect(rows).toEqual([
      {
        current_user: north,
        path: `"${north}", pg_temp`,
        timeout: '5s',
        isolation: 'repeatable read',
        read_only: 'on',
        lock: '5s',
        idle: '10s',
      },
    ]);
  });

  test.each(['read committed', 'repeatable read', 'serializable'] as const)(
    '[SI] a transaction that writes runs at %s',
    async (isolation) => {
      await using transaction = database.begin(writing(north, { isolation }));
      const { rows } = await transaction.execute(
        `select current_setting('transaction_isolation') as isolation, current_setting('transaction_read_only') as read_only`,
      );
      expect(rows).toEqual([{ isolation, read_only: 'off' }]);
    },
  );

  test('[SI] the session and the first statement of a read travel in one write with one sync', async () => {
    const seen = await watch(async () => {
      await using transaction = database.begin(reading(north));
      await transaction.execute('select count(*) from book');
    });
    expect(seen).toMatchObject({ writes: 2, syncs: 2, simple: 0 });
    // begin, the session, the statement; rollback
    expect(seen.executed).toBe(4);
  });

  test('[SI] the operation is opened in the same write', async () => {
    const seen = await watch(async () => {
      await using transaction = database.begin(writing(north));
      await transaction.execute('update book set sold = sold + $1 where id = $2', [1, 1]);
      await transaction.commit();
    });
    expect(seen).toMatchObject({ writes: 2, syncs: 2, executed: 4, simple: 0 });
  });

  test('[SI] a transaction without statements takes no connection and sends nothing', async () => {
    const fresh = library.connect({ url: proxy.through(library.database.url('gateway')) });
    const seen = await watch(async () => {
      for (const end of ['commit', 'rollback'] as const) {
        const transaction = fresh.begin(writing(north));
        await transaction.run(async () => undefined);
        await transaction[end]();
        expect(transaction.state).toBe(end === 'commit' ? 'committed' : 'rolled back');
      }
    });
    expect(seen).toMatchObject({ writes: 0, connections: 0 });
    expect(fresh.pool).toMatchObject({ total: 0, idle: 0, waiting: 0 });
  });

  test('[SI] neither the database nor MikroORM connects when it is made', async () => {
    const seen = await watch(async () => {
      const fresh = library.connect({ url: proxy.through(library.database.url('gateway')) });
      ormOf(fresh).em.fork();
    });
    expect(seen.connections).toBe(0);
  });

  test.skipIf(unnamed)(
    '[SI] statements with parameters are prepared once for each connection, and shared by tenants',
    async () => {
      const single = library.connect({
        url: proxy.through(library.database.url('gateway')),
        maxConnections: 1,
      });
      const run = async (tenant: string) => {
        await using transaction = single.begin(reading(tenant));
        await transaction.execute('select title from book where id = $1', [1]);
      };
      await run(north);
      const { texts } = await watch(() => run(south));
      expect(texts).toEqual([]);
    },
  );

  test.skipIf(unnamed)('[SI] a long list, or a long text, is not kept at the server', async () => {
    const single = library.connect({
      url: proxy.through(library.database.url('gateway')),
      maxConnections: 1,
    });
    const places = (count: number) => Array.from({ length: count }, (_, n) => `$${n + 1}::int4`).join(', ');
    const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);
    const list = (count: number) =>
      [`select id from book where id in (${places(count)})`, numbers(count)] as const;
    const long = [`select '${'x'.repeat(5_000)}' where $1 = 1`, [1]] as const;
    const parsed = async (statement: readonly [string, readonly number[]]) => {
      const twice = async () => {
        await using transaction = single.begin(reading(north));
        for (let n = 0; n < 2; n++) await transaction.execute(...statement);
      };
      const { texts } = await watch(twice);
      return texts.filter((text) => text === statement[0]).length;
    };
    expect(await parsed(list(100))).toBe(1);
    expect(await parsed(list(101))).toBe(2);
    expect(await parsed(list(30_000))).toBe(2);
    expect(await parsed(long)).toBe(2);
  });

  test('[SI] without prepared statements, as some poolers want it, everything works unnamed', async () => {
    const url = proxy.through(library.database.url('gateway'));
    const unnamed = library.connect({ url, maxConnections: 1, statementMemory: 0 });
    const { texts } = await watch(async () => {
      for (const tenant of [north, south]) {
        await using transaction = unnamed.begin(writing(tenant));
        const { rows } = await transaction.execute('select current_user as me where $1 = 1', [1]);
        expect(rows).toEqual([{ me: tenant }]);
      }
    });
    expect(texts.filter((text) => text.startsWith('begin'))).toHaveLength(2);
  });

  test('[SI] tenants at different schema versions share no prepared statement', async () => {
    const single = library.connect({ maxConnections: 1 });
    const { rows: before } = await count(north, 1);
    await library.admin.query(`alter table ${south}.author add column extra text default 'x'`);
    const { rows: after } = await count(south, 2);
    await library.admin.query(`alter table ${south}.author drop column extra`);
    expect(Object.keys(before[0] ?? {})).not.toContain('extra');
    expect(Object.keys(after[0] ?? {})).toContain('extra');

    async function count(tenant: string, schemaVersion: number) {
      await using transaction = single.begin(reading(tenant, { schemaVersion }));
      return await transaction.execute('select * from author where id >= $1', [1]);
    }
  });

  test('[SI] a tenant id that is no plain name is refused before anything is sent', () => {
    expect(() => database.begin(reading('x"; drop table book; --'))).toThrow(/plain/);
    expect(() => database.begin(reading('T_UPPER'))).toThrow(/plain/);
  });

  test('[TA] a transaction that writes must belong to an operation', () => {
    const { operation: _, ...rest } = writing(north);
    expect(() => database.begin(rest)).toThrow(/operation/);
  });
});

describe('who runs where', () => {
  test('[DO] outside a session MikroORM and Kysely are refused', async () => {
    const em = ormOf(database).em.fork();
    await expect(em.find(Book, {})).rejects.toThrow(NoTenantSession);
    await expect(em.execute('select 1')).rejects.toThrow(NoTenantSession);
    await expect(em.getConnection().execute('select 1')).rejects.toThrow(NoTenantSession);
    await expect(em.getKysely().executeQuery(CompiledQuery.raw('select 1'))).rejects.toThrow(NoTenantSession);
    await expect(em.transactional(async () => undefined)).rejects.toThrow(NoTenantSession);
    await expect(em.begin()).rejects.toThrow(NoTenantSession);
    await expect(em.createQueryBuilder(Book).getResult()).rejects.toThrow(NoTenantSession);
    await expect(all(em.stream(Book, {}))).rejects.toThrow(NoTenantSession);
  });

  test('[DO] every way to run a statement goes to the one transaction', async () => {
    const em = ormOf(database).em.fork();
    await using transaction = database.begin(writing(north));
    const xid = 'select pg_catalog.pg_backend_pid() as pid';
    const seen = await transaction.run(async () => {
      const kysely = em.getKysely();
      const [first] = await em.execute<{ pid: number }[]>(xid);
      const [second] = await em.getConnection().execute<{ pid: number }[]>(xid);
      const { rows } = await sql<{ pid: number }>`select pg_catalog.pg_backend_pid() as pid`.execute(kysely);
      const [third] = await em.fork().execute<{ pid: number }[]>(xid);
      const fourth = await em.transactional(
        async (inner) => (await inner.execute<{ pid: number }[]>(xid))[0],
      );
      await em.execute(`update book set sold = 77 where id = 3`);
      const found = await em.fork().findOneOrFail(Book, 3);
      expect(found.sold).toBe(77n);
      const [built] = await em.fork().createQueryBuilder(Book).where({ sold: 77n }).getResult();
      expect(built?.id).toBe(3);
      const streamed = await all(em.fork().stream(Book, { where: { sold: 77n } }));
      expect(streamed.map(({ id }) => id)).toEqual([3]);
      return [first?.pid, second?.pid, rows[0]?.pid, third?.pid, fourth?.pid];
    });
    expect(new Set(seen).size).toBe(1);
    await transaction.rollback();
    const { rows } = await library.admin.query(`select sold from ${north}.book where id = 3`);
    expect(rows).toEqual([{ sold: '0' }]);
  });

  test('[DO] statements that are asked for at the same time run one after the other', async () => {
    const em = ormOf(database).em.fork();
    await using transaction = database.begin(reading(north));
    const counts = await transaction.run(() =>
      Promise.all(Array.from({ length: 30 }, (_, n) => em.fork().count(Book, { id: { $lte: n } }))),
    );
    expect(counts).toEqual(Array.from({ length: 30 }, (_, n) => n));
    expect(transaction.statements).toBe(30);
  });

  test('[DO] closing one MikroORM leaves the connections to the others', async () => {
    const [one, other] = [ormOf(database), ormOf(database)];
    await using transaction = database.begin(reading(north));
    await transaction.run(async () => {
      await one.em.fork().count(Book);
      await one.close();
      expect(await other.em.fork().count(Book, { id: 1 })).toBe(1);
    });
  });

  test('[DO] two sessions at the same time see their own tenants', async () => {
    const em = ormOf(database).em;
    const whoAmI = async (tenant: string) => {
      await using transaction = database.begin(reading(tenant));
      return await transaction.run(async () => {
        await sleep(5);
        const [row] = await em.fork().execute<{ me: string }[]>('select current_user as me');
        return row?.me;
      });
    };
    const seen = await Promise.all(Array.from({ length: 40 }, (_, n) => whoAmI(n % 2 ? north : south)));
    expect(seen).toEqual(seen.map((_, n) => (n % 2 ? north : south)));
  });

  test('[DO] a transaction is refused inside the session of another', async () => {
    await using mine = database.begin(reading(north));
    await using other = database.begin(reading(south));
    const em = ormOf(database).em.fork();
    await mine.run(() => em.begin());
    await other.run(async () => {
      await expect(mine.execute('select 1')).rejects.toThrow(ForeignSession);
      // The entity manager still holds the connection of the first session.
      await expect(em.find(Book, {})).rejects.toThrow(ForeignSession);
      await expect(em.fork().execute('select 1')).resolves.toHaveLength(1);
    });
    await expect(em.find(Book, {})).rejects.toThrow(NoTenantSession);
    expect(mine.state).toBe('idle');
  });

  test('[DO] a transaction is refused after its end', async () => {
    const em = ormOf(database).em.fork();
    for (const end of ['commit', 'rollback'] as const) {
      const transaction = database.begin(reading(north));
      await transaction.execute('select 1');
      await transaction[end]();
      await expect(transaction.execute('select 1')).rejects.toThrow(TransactionEnded);
      await expect(transaction.run(() => em.find(Book, {}))).rejects.toThrow(TransactionEnded);
      await expect(transaction.commit()).rejects.toThrow(TransactionEnded);
      await transaction.rollback();
    }
  });

  test('[DO] statements that wait their turn are refused when the transaction is rolled back', async () => {
    const transaction = database.begin(reading(north));
    const [first, second, rolledBack] = await Promise.allSettled([
      transaction.execute('select 1 as one'),
      transaction.execute('select 2 as two'),
      transaction.rollback(),
    ]);
    expect(first.status).toBe('rejected');
    expect(second.status).toBe('rejected');
    expect(rolledBack.status).toBe('fulfilled');
    expect(transaction.state).toBe('rolled back');
  });
});

describe('reads and writes', () => {
  test('[DO] a read sees one snapshot', async () => {
    await using transaction = database.begin(reading(north));
    const count = async () => (await transaction.execute('select count(*)::int as n from book')).rows[0]?.n;
    const before = await count();
    await using writer = database.begin(writing(north));
    await writer.execute(`insert into book (id, title, price, author_id) values (1000, 'New', 1, 1)`);
    await writer.commit();
    expect(await count()).toBe(before);
  });

  test('[DO] a read-only transaction writes nothing', async () => {
    await using transaction = database.begin(reading(north));
    await expect(transaction.execute(`update book set sold = 1`)).rejects.toMatchObject({ code: '25006' });
  });

  test('[TA] what is written bears the operation', async () => {
    const mine = operation('renameBook');
    await using transaction = database.begin(writing(north, { operation: mine }));
    await transaction.execute(`update book set title = 'Renamed' where id = 9`);
    await transaction.commit();
    const { rows } = await library.admin.query(
      `select o.actor, o.name, o.request_id, a.relation, a.action::text from ${north}.audit a
       join ${north}.operation o using (seg, xid) where o.id = $1`,
      [mine.id],
    );
    expect(rows).toEqual([
      { actor: 'user:ada', name: 'renameBook', request_id: 'request-1', relation: 'book', action: 'U' },
    ]);
  });

  test('[MC] statements are counted, and the time they took is measured', async () => {
    const durations: number[] = [];
    const measured = library.connect({ onQuery: ({ duration }) => durations.push(duration) });
    await using transaction = measured.begin(writing(north));
    expect([transaction.statements, transaction.databaseTime, transaction.state]).toEqual([0, 0, 'idle']);
    await transaction.execute('select 1');
    await transaction.execute('select $1::text', ['x']);
    await expect(transaction.execute('select 1 / 0')).rejects.toMatchObject({ code: '22012' });
    expect(transaction.statements).toBe(3);
    expect(durations).toHaveLength(3);
    expect(transaction.databaseTime).toBeGreaterThan(0);
    expect(transaction.databaseTime).toBeLessThan(durations.reduce((sum, one) => sum + one, 0) + 50);
    expect(transaction.state).toBe('open');
  });

  test('[MC] waiting for a connection is not part of the time that a statement took', async () => {
    const durations: number[] = [];
    const measured = library.connect({
      maxConnections: 1,
      onQuery: ({ duration }) => durations.push(duration),
    });
    await using first = measured.begin(writing(north));
    await first.execute('select 1');
    await using second = measured.begin(writing(north));
    const waiting = second.execute('select 2');
    await first.execute('select count(*) from generate_series(1, 500000)');
    await first.rollback();
    await waiting;
    expect(durations.at(-1)).toBe(second.databaseTime);
  });
});

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const seen: T[] = [];
  for await (const item of items) seen.push(item);
  return seen;
}
