import type { SqlEntityManager } from '@mikro-orm/postgresql';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { TransactionEnded, TransactionFailed } from '../../../src/database/errors.ts';
import type { TenantDatabase } from '../../../src/database/tenant-database.ts';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';
import { Author, Book, type Library, openLibrary, ormOf, reading, writing } from './library.ts';

let library: Library;
let database: TenantDatabase;
let proxy: TcpProxy;
let north: string;
let em: SqlEntityManager;

beforeAll(async () => {
  library = await openLibrary();
  north = library.tenants[0];
  proxy = await startTcpProxy(library.database.url('gateway'));
  database = library.connect({ url: proxy.through(library.database.url('gateway')), maxConnections: 1 });
});
beforeEach(() => {
  em = ormOf(database).em.fork();
});
afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  await library[Symbol.asyncDispose]();
});

class Oops extends Error {}

/** Runs the work in a transaction of its own, commits, and returns the titles that it left behind. */
async function committed(work: () => Promise<unknown>): Promise<string[]> {
  await using transaction = database.begin(writing(north));
  await transaction.run(work);
  await transaction.commit();
  const { rows } = await library.admin.query(`select title from ${north}.book where id > 100 order by id`);
  return rows.map(({ title }) => title);
}

let ids = 100;
const add = (to: SqlEntityManager, title: string) =>
  to.execute('insert into book (id, title, price, author_id) values (?, ?, 1, 1)', [++ids, title]);
beforeEach(async () => {
  await using transaction = database.begin(writing(north));
  await transaction.execute('delete from book where id > 100');
  await transaction.commit();
});

describe('what MikroORM begins inside a session', () => {
  test('[SC] a flush sends neither BEGIN nor COMMIT nor a savepoint of its own', async () => {
    const sent = proxy.sent.length;
    await committed(async () => {
      em.create(Author, { id: ++ids, name: 'Flushed' });
      await em.flush();
      em.create(Author, { id: ++ids, name: 'Flushed again' });
      await em.flush();
    });
    const meanwhile = proxy.sent.slice(sent);
    expect(meanwhile.filter(({ text = '' }) => /^(savepoint|release)/i.test(text))).toEqual([]);
    // begin, the session; two inserts; commit
    expect(meanwhile.filter(({ type }) => type === 'E')).toHaveLength(5);
  });

  test('[SC] a transaction inside is part of the session’s', async () => {
    const titles = await committed(async () => {
      await em.transactional((inner) => add(inner, 'inside'));
      await em.begin();
      await add(em, 'between begin and commit');
      await em.commit();
      await add(em, 'outside');
    });
    expect(titles).toEqual(['inside', 'between begin and commit', 'outside']);
  });

  test('[SC] a transaction inside a transaction inside is a savepoint, undone alone', async () => {
    const titles = await committed(() =>
      em.transactional(async (outer) => {
        await add(outer, 'kept');
        await outer
          .transactional(async (inner) => {
            await add(inner, 'undone');
            throw new Oops();
          })
          .catch(() => undefined);
        await outer.transactional((inner) => add(inner, 'kept too'));
      }),
    );
    expect(titles).toEqual(['kept', 'kept too']);
  });

  test('[SC] after an SQL error inside a savepoint the rest goes on', async () => {
    const titles = await committed(() =>
      em.transactional(async (outer) => {
        await add(outer, 'before');
        const failing = outer.transactional((inner) => inner.execute('select 1 / 0'));
        await expect(failing).rejects.toMatchObject({ code: '22012' });
        await add(outer, 'after');
      }),
    );
    expect(titles).toEqual(['before', 'after']);
  });

  test('[SC] another fork’s transaction inside one is a savepoint too', async () => {
    const titles = await committed(() =>
      em.transactional(async (outer) => {
        await add(outer, 'outer');
        await em.fork().transactional((inner) => add(inner, 'fork'));
        await em
          .fork()
          .transactional(async (inner) => {
            await add(inner, 'undone');
            throw new Oops();
          })
          .catch(() => undefined);
      }),
    );
    expect(titles).toEqual(['outer', 'fork']);
  });

  test('[SC] savepoints travel with the statements around them', async () => {
    const arrivals = proxy.arrivals;
    await using transaction = database.begin(writing(north));
    await transaction.run(() =>
      em.transactional((outer) =>
        outer.transactional(async (inner) => {
          await inner.transactional((innermost) => add(innermost, 'deep'));
          await add(inner, 'less deep');
        }),
      ),
    );
    expect(proxy.arrivals - arrivals).toBe(2);
    expect(transaction.statements).toBe(2);
  });

  test('[SC] when the outermost transaction inside fails, the session’s is rolled back', async () => {
    await using transaction = database.begin(writing(north));
    await transaction.run(async () => {
      await add(em, 'lost with it');
      const failing = em.transactional(async (inner) => {
        await add(inner, 'undone');
        throw new Oops();
      });
      await expect(failing).rejects.toThrow(Oops);
      await expect(em.execute('select 1')).rejects.toThrow(TransactionEnded);
    });
    expect(transaction.state).toBe('rolled back');
    await expect(transaction.commit()).rejects.toThrow(TransactionEnded);
    expect(await committed(async () => undefined)).toEqual([]);
  });

  test('[SC] a failed flush tells why, and nothing of the session is kept', async () => {
    await using transaction = database.begin(writing(north));
    await transaction.run(async () => {
      await add(em, 'lost');
      em.create(Author, { id: 1, name: 'Taken' });
      await expect(em.flush()).rejects.toMatchObject({ code: '23505' });
    });
    await expect(transaction.commit()).rejects.toThrow(TransactionEnded);
    expect(await committed(async () => undefined)).toEqual([]);
  });

  test('[SC] a transaction inside that fails before its first statement undoes nothing', async () => {
    const titles = await committed(async () => {
      await add(em, 'kept');
      await em.transactional(() => Promise.reject(new Oops())).catch(() => undefined);
      await add(em, 'kept too');
    });
    expect(titles).toEqual(['kept', 'kept too']);
  });

  test('[DO] a read goes on after a transaction inside it failed', async () => {
    await using transaction = database.begin(reading(north));
    await transaction.run(async () => {
      const failing = em.transactional(async (inner) => {
        await inner.find(Book, { id: 1 });
        throw new Oops();
      });
      await expect(failing).rejects.toThrow(Oops);
      expect(await em.count(Author, { id: 1 })).toBe(1);
    });
  });

  test('[SC] transactions side by side never lose each other’s writes', async () => {
    const gate = Promise.withResolvers<void>();
    await using transaction = database.begin(writing(north));
    await transaction.run(async () => {
      const first = em.fork().transactional(async (one) => {
        await add(one, 'first');
        await gate.promise;
        // This lands inside the savepoint of the second one.
        await add(one, 'first again');
      });
      const second = em.fork().transactional(async (two) => {
        await add(two, 'second');
        gate.resolve();
        await first;
        throw new Oops();
      });
      await Promise.allSettled([first, second]);
    });
    await expect(transaction.commit()).rejects.toThrow(TransactionEnded);
    expect(await committed(async () => undefined)).toEqual([]);
  });

  test('[SC] flushes of several forks at the same time are all kept', async () => {
    const titles = await committed(() =>
      Promise.all(
        Array.from({ length: 8 }, async (_, n) => {
          const fork = em.fork();
          fork.create(Book, { id: 200 + n, title: `fork ${n}`, price: '1', author: 1 });
          await fork.flush();
        }),
      ),
    );
    expect(titles.toSorted()).toEqual(Array.from({ length: 8 }, (_, n) => `fork ${n}`));
  });

  test('[SC] the session is not committed while a transaction inside is open', async () => {
    await using transaction = database.begin(writing(north));
    await transaction.run(async () => {
      await em.begin();
      await add(em, 'forgotten');
    });
    await expect(transaction.commit()).rejects.toThrow(TransactionFailed);
    expect(transaction.state).toBe('rolled back');
    expect(await committed(async () => undefined)).toEqual([]);
  });

  test('[SC] another isolation or access than the session’s is refused', async () => {
    await using transaction = database.begin(writing(north));
    await transaction.run(async () => {
      const work = async () => undefined;
      await expect(em.transactional(work, { readOnly: true })).rejects.toThrow(/read only/);
      await expect(em.transactional(work, { isolationLevel: 'serializable' })).rejects.toThrow(
        /serializable/,
      );
      await em.transactional(work, { isolationLevel: 'read committed' });
    });
  });

  test('[SC] Kysely’s own transactions and savepoints work', async () => {
    const titles = await committed(async () => {
      const kysely = em.getKysely<{
        book: { id: number; title: string; price: number; author_id: number };
      }>();
      const row = (title: string) => ({ id: ++ids, title, price: 1, author_id: 1 });
      await kysely.transaction().execute((inner) => inner.insertInto('book').values(row('kysely')).execute());
      const controlled = await kysely.startTransaction().execute();
      await controlled.insertInto('book').values(row('controlled')).execute();
      const inside = await controlled.savepoint('it"s').execute();
      await inside.insertInto('book').values(row('undone')).execute();
      await inside.rollbackToSavepoint('it"s').execute();
      await inside.insertInto('book').values(row('after')).execute();
      await inside.rollbackToSavepoint('it"s').execute();
      await inside.releaseSavepoint('it"s').execute();
      await controlled.commit().execute();
    });
    expect(titles).toEqual(['kysely', 'controlled']);
  });
});

describe('streams', () => {
  test('[DO] rows come in portions, and other statements run in between', async () => {
    await using transaction = database.begin(reading(north));
    await transaction.run(async () => {
      const seen: number[] = [];
      for await (const book of em.fork().stream(Book, { orderBy: { id: 'asc' }, chunkSize: 7 })) {
        if (book.id % 10 === 0) expect(await em.fork().count(Author, { id: 1 })).toBe(1);
        seen.push(book.id);
      }
      expect(seen).toEqual(Array.from({ length: 50 }, (_, n) => n + 1));
    });
  });

  test('[DO] a query builder’s and Kysely’s stream go through the session', async () => {
    await using transaction = database.begin(reading(north));
    await transaction.run(async () => {
      let built = 0;
      for await (const _ of em
        .fork()
        .createQueryBuilder(Book)
        .where({ id: { $lte: 12 } })
        .stream())
        built++;
      let selected = 0;
      const kysely = em.getKysely<{ book: { id: number } }>();
      for await (const _ of kysely.selectFrom('book').select('id').where('id', '<=', 13).stream(5))
        selected++;
      expect([built, selected]).toEqual([12, 13]);
    });
  });

  test('[DO] a stream that is left early, or fails, leaves the session usable', async () => {
    await using transaction = database.begin(reading(north));
    await transaction.run(async () => {
      for await (const _ of em.fork().stream(Book, { chunkSize: 2 })) break;
      expect(await em.count(Book)).toBe(50);
      const failing = em
        .getConnection()
        .stream('select 10 / (5 - n) as x from generate_series(1, 9) n', [], undefined, undefined, 2);
      await expect(all(failing)).rejects.toMatchObject({ code: '22012' });
    });
  });

  test('[DO] a stream’s text passes the guard', async () => {
    await using transaction = database.begin(reading(north));
    await transaction.run(async () => {
      await expect(all(em.getConnection().stream('commit'))).rejects.toThrow(/statements are run/);
    });
    expect(transaction.state).toBe('idle');
  });
});

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const seen: T[] = [];
  for await (const item of items) seen.push(item);
  return seen;
}
