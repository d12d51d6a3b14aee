import { MikroORM, PostgreSqlDriver, raw, type SqlEntityManager, wrap } from '@mikro-orm/postgresql';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TenantDatabase } from '../../../src/database/tenant-database.ts';
import { startTcpProxy } from '../../support/tcp-proxy.ts';
import { Author, Book, entities, type Library, openLibrary, ormOf, TABLES, writing } from './library.ts';

let library: Library;
let database: TenantDatabase;
let stock: MikroORM;
let north: string;

beforeAll(async () => {
  library = await openLibrary();
  north = library.tenants[0];
  database = library.connect();
  // The same tables without any protection, for MikroORM as it comes.
  await library.admin.query(`create schema plain; set search_path = plain; ${TABLES}`);
  await library.admin.query('reset search_path');
  stock = new MikroORM({
    driver: PostgreSqlDriver,
    clientUrl: library.database.adminUrl,
    entities,
    schema: 'plain',
    ensureDatabase: false,
    driverOptions: { options: '-c search_path=plain' },
  });
});
afterAll(async () => {
  await stock.close();
  await library[Symbol.asyncDispose]();
});

const DAY = new Date('2024-02-29T12:34:56.789Z');
const NASTY = [
  `it's`,
  '?',
  '??',
  '\\?',
  '$1',
  '"quoted"',
  '\\',
  `\\'; drop table book; --`,
  'a\nb',
  'ünïcödé 🏛',
  '',
  '{"a":1}',
  '{a,b}',
];

/** What is done with MikroORM: each returns something to compare. */
const flows: Record<string, (em: SqlEntityManager) => Promise<unknown>> = {
  'find by every operator': async (em) => {
    const found: unknown[] = [];
    for (const where of [
      { title: 'Book 7' },
      { id: [1, 2, 3] },
      { id: { $gt: 3, $lte: 9 } },
      { id: { $in: [] } },
      { id: { $nin: [1, 2] } },
      { price: { $gt: '1.5' } },
      { price: 3 },
      { sold: { $lt: 5n } },
      { title: { $like: 'Book 1%' } },
      { title: { $ilike: 'BOOK 2%' } },
      { title: { $re: '^Book [12]$' } },
      { tags: { $contains: ['plain'] } },
      { tags: { $overlap: ['plain', 'other'] } },
      { meta: null },
      { meta: { a: { $gte: 1 } } },
      { meta: { s: 'x' } },
      { printedAt: { $lt: DAY } },
      { score: { $gt: 0.5 } },
      { available: true },
      { $not: { available: true } },
      { $or: [{ title: 'Book 1' }, { author: { name: 'Bo' } }] },
      { author: { books: { $some: { id: 4 } } } },
      { [raw('lower(title)')]: 'book 3' },
    ]) {
      found.push(
        await em.find(Book, where as never, {
          limit: 3,
          offset: 1,
          orderBy: { id: 'asc' },
          disableIdentityMap: true,
        }),
      );
    }
    return found;
  },
  'insert values of every type': async (em) => {
    const rows = [
      {
        price: '12345678.90',
        sold: 9_007_199_254_740_993n,
        tags: ['a,b', '"', '\\', '', 'null'],
        meta: { a: [1, null, { b: "'" }] },
        cover: Buffer.from([0, 1, 255, 39]),
        score: 0.1,
        printedAt: DAY,
      },
      {
        price: '0',
        sold: -1n,
        tags: [],
        meta: null,
        cover: Buffer.alloc(0),
        score: Number.MAX_VALUE,
        printedAt: null,
        available: false,
      },
      { price: '1', meta: { $like: '?' }, score: -0.5e-300, printedAt: new Date(0) },
    ];
    for (const [n, row] of rows.entries()) {
      em.create(Book, { id: 100 + n, title: `Typed ${n}`, author: 1, ...row } as never);
    }
    await em.flush();
    em.clear();
    return em.find(Book, { id: { $gte: 100, $lt: 200 } }, { orderBy: { id: 'asc' } });
  },
  'strings that mean something elsewhere': async (em) => {
    for (const [n, title] of NASTY.entries())
      em.create(Book, {
        id: 200 + n,
        title,
        price: '1',
        author: 2,
        tags: NASTY,
        meta: { [title]: NASTY },
      } as never);
    await em.flush();
    em.clear();
    const found = [];
    for (const title of NASTY) found.push(await em.findOne(Book, { title }));
    return found;
  },
  'change one, and many at once': async (em) => {
    const books = await em.find(Book, { id: { $lte: 12 } }, { orderBy: { id: 'asc' } });
    books.forEach((book, n) => {
      book.title = `Changed ${n}?`;
      book.price = `${n}.25`;
      book.sold = BigInt(n);
      book.tags = [`t${n}`];
      book.meta = n % 3 ? { n } : null;
      book.cover = n % 2 ? Buffer.from([n]) : null;
      book.available = n % 2 === 0;
      book.score = n / 3;
      book.printedAt = n % 2 ? DAY : null;
    });
    await em.flush();
    em.clear();
    return em.find(Book, { id: { $lte: 12 } }, { orderBy: { id: 'asc' } });
  },
  'upsert, native update, native delete, native insert': async (em) => {
    const one = await em.upsert(Author, { id: 1, name: 'Upserted' });
    const many = await em.upsertMany(Author, [
      { id: 1, name: 'Again' },
      { id: 31, name: 'New', born: '1900-01-01' },
    ]);
    await em.nativeUpdate(
      Book,
      { id: { $lt: 4 } },
      { printedAt: DAY, price: raw('price * 0 + ?', [1]) as never },
    );
    const gone = await em.nativeDelete(Book, { id: { $gt: 48 } });
    await em.insert(Author, { id: 32, name: 'Inserted', version: 1 });
    return [wrap(one).toObject(), many.map((each) => wrap(each).toObject()), gone];
  },
  'optimistic locking, remove, count, cursors': async (em) => {
    const book = await em.findOneOrFail(Book, 20);
    book.score = 1;
    await em.flush();
    em.remove(await em.findOneOrFail(Book, 21));
    await em.flush();
    const page = await em.findByCursor(Book, { first: 3, orderBy: { price: 'desc', id: 'asc' } });
    const next = await em.findByCursor(Book, {
      first: 3,
      after: page,
      orderBy: { price: 'desc', id: 'asc' },
    });
    return [
      book.version,
      await em.count(Book, { price: { $gte: '10' } }),
      page.items,
      next.items,
      page.totalCount,
    ];
  },
  'a query builder with sub-queries, raw pieces and limits': async (em) => {
    const cheap = em
      .createQueryBuilder(Book, 'b')
      .select('b.author')
      .where({ price: { $lt: '10' } });
    const query = em
      .createQueryBuilder(Author, 'a')
      .select(['id', 'name', raw('? || name as greeting', ['Hello'])])
      .where({ id: { $in: cheap.getNativeQuery() } })
      .orderBy([{ [raw('length(name) + ?', [1])]: 'asc' }, { id: 'desc' }])
      .limit(2, 0);
    return [
      await query.execute(),
      await em.execute('select ? as n, ? as x, ? as b, ?? from author where id = ?', [
        5,
        2.5,
        true,
        'name',
        1,
      ]),
    ];
  },
  'select-in, joined and balanced loading': async (em) => {
    const loaded = [];
    for (const strategy of ['select-in', 'joined', 'balanced'] as const) {
      const authors = await em.find(
        Author,
        {},
        { populate: ['books'], strategy, orderBy: { id: 'asc' }, disableIdentityMap: true },
      );
      loaded.push(authors.map((author) => [author.name, author.books.count()]));
    }
    return loaded;
  },
  'named parameters, and a question mark that is an operator': async (em) => [
    await em.execute('select name from author where id = :id and name <> :name', {
      id: 1,
      name: 'x',
    } as never),
    await em.execute(`select '{"a":1}'::jsonb \\? ? as has`, ['a']),
    await em.execute(`select '{"a":1}'::jsonb ? 'a' as has`),
  ],
};

/** Something that can be compared, whatever it holds. */
const plain = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value ?? null, (_, each) =>
      typeof each === 'bigint'
        ? `${each}n`
        : each?.type === 'Buffer'
          ? Buffer.from(each.data).toString('hex')
          : each,
    ),
  );

async function tables(schema: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: library.database.adminUrl });
  await client.connect();
  try {
    const authors = await client.query(`select id, name, born, version from ${schema}.author order by id`);
    const books = await client.query(
      `select to_jsonb(b) - 'created' as book from ${schema}.book b order by id`,
    );
    return [authors.rows, books.rows];
  } finally {
    await client.end();
  }
}

describe('MikroORM with parameters does what it does with values in the text', () => {
  test.for(Object.entries(flows))('[DO] %s', async ([, flow]) => {
    const expected = plain(await flow(stock.em.fork()));
    const em = ormOf(database).em.fork();
    await using transaction = database.begin(writing(north));
    const seen = plain(await transaction.run(() => flow(em)));
    await transaction.commit();
    expect(seen).toEqual(expected);
    expect(await tables(north)).toEqual(await tables('plain'));
  });

  test('[DO] the tenant’s name is in no statement, and no value is', async () => {
    await using proxy = await startTcpProxy(library.database.url('gateway'));
    await using watched = library.connect({ url: proxy.through(library.database.url('gateway')) });
    const { em } = ormOf(watched);
    await using transaction = watched.begin(writing(north));
    await transaction.run(async () => {
      const fork = em.fork();
      await fork.find(Book, { title: 'secret', price: '77' }, { populate: ['author'] });
      fork.create(Author, { id: 77, name: 'secret' });
      await fork.flush();
    });
    const texts = proxy.sent.flatMap(({ text }) => text ?? []);
    expect(texts.filter((text) => text.includes('"book"') || text.includes('"author"'))).toHaveLength(2);
    expect(texts.join()).not.toMatch(new RegExp(`secret|77|${north}|plain`));
  });

  test('[DO] a question mark in a raw piece’s value, which MikroORM takes for a place, fails and shifts nothing', async () => {
    const em = ormOf(database).em.fork();
    await using transaction = database.begin(writing(north));
    const query = em
      .createQueryBuilder(Author)
      .select(['id', raw('? || name as greeting', ['Hello ?'])])
      .where({ name: 'Ada' });
    await expect(transaction.run(() => query.execute())).rejects.toThrow('2 places for 1 values');
    expect(transaction.statements).toBe(0);
  });

  test('[DO] more values than the protocol counts are written into the text', async () => {
    const em = ormOf(database).em.fork();
    await using transaction = database.begin(writing(north));
    const ids = Array.from({ length: 70_000 }, (_, n) => n);
    expect(await transaction.run(() => em.count(Author, { id: ids }))).toBeGreaterThan(0);
  });
});
