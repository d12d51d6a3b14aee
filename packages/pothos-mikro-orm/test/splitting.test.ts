import { defineEntity, IsolationLevel } from '@mikro-orm/postgresql';
import { execute, parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { executeWithKysely } from '../src/index.ts';
import type { Context } from './support/schema.ts';
import { createSmallWorld, type SmallWorld } from './support/small-world.ts';
import { useWorld } from './support/use-world.ts';
import { createWorld, type World } from './support/world.ts';

/** Everything that can be batched is: what one statement says must come out all the same. */
const always = { rows: 0, wideParents: 0, unstated: 10 };

describe('a relation is loaded by a statement of its own', () => {
  const world = useWorld();
  const unsplit = useWorld({
    limits: { rows: Number.POSITIVE_INFINITY, wideParents: Number.POSITIVE_INFINITY, unstated: 10 },
  });
  const split = useWorld({ limits: always });
  const count = async (document: string) => (await world.current.ask(document)).statements.length;

  it('when the product of the limits down to it is more than a thousand rows', async () => {
    expect(await count('{ invoices(limit: 50) { lines(first: 20) { id } } }')).toBe(1);
    expect(await count('{ invoices(limit: 50) { lines(first: 21) { id } } }')).toBe(2);
    expect(await count('{ invoicePages(first: 30) { nodes { lines(first: 34) { id } } } }')).toBe(2);
    expect(await count('{ invoices(limit: 1000) { customer { name } } }')).toBe(1);
    expect(await count('{ invoices(limit: 1001) { customer { name } } }')).toBe(2);
  });

  it('a list whose criteria say no limit counts for ten rows, a page for its size, a number for nothing', async () => {
    expect(await count('{ invoices(limit: 100) { payments { id } } }')).toBe(1);
    expect(await count('{ invoices(limit: 101) { payments { id } } }')).toBe(2);
    expect(await count('{ invoices(limit: 200) { linePages(first: 5) { nodes { id } } } }')).toBe(1);
    expect(await count('{ invoices(limit: 201) { linePages(first: 5) { nodes { id } } } }')).toBe(2);
    expect(await count('{ invoices(limit: 5000) { lineCount linePages { totalCount } } }')).toBe(1);
  });

  it('never one for each row: there are as many as relations at most, and each key is asked for once', async () => {
    const { statements, data } = await world.current.ask(
      '{ invoices(limit: 5000) { customer { name } approver { name } } }',
    );
    expect(data.invoices).toHaveLength(21);
    expect(statements).toHaveLength(3);
    const [, customers, approvers] = statements;
    const uuid = (n: number) => `00000000-0000-4000-8000-00000000000${n}`;
    expect(customers?.parameters[0]).toEqual([1, 2, 3, 4, 5, 6].map(uuid));
    expect(approvers?.parameters[0]).toEqual([6, 5, 4, 3].map(uuid));
  });

  it('below it, what counts is how many parents there really are', async () => {
    const { statements } = await world.current.ask(
      '{ invoices(limit: 5000) { customer { name allInvoices { number lines { id } } } } }',
    );
    // 5,000 invoices at most, but six customers: their invoices and lines come with them
    expect(statements).toHaveLength(2);
  });

  it('a circle of lists costs what there is, not what the limits multiply to', async () => {
    const document = '{ tags { customers { tags { customers { tags { customers { name } } } } } } }';
    const { statements, data } = await world.current.ask(document);
    expect(statements.length).toBeGreaterThan(1);
    expect(statements.length).toBeLessThanOrEqual(6);
    expect(data).toEqual((await unsplit.current.ask(document)).data);
    for (const { parameters } of statements.slice(1)) {
      const keys = parameters[0] as string[];
      expect(new Set(keys).size).toBe(keys.length);
    }
  });

  it('the reply is that of one statement: conditions, orders, limits, pages, counts and policies hold', async () => {
    const documents = [
      '{ invoices(limit: 9) { id a: lines(first: 1) { id } b: lines(first: 2) { text } d: lines(min: 5) { quantity } } }',
      '{ invoices(limit: 24) { number customer { name email } approver { name country { name } profile { motto } } } }',
      '{ customers { name tags { name customers { name } customerCount } approved { number } } }',
      `{ customers { invoices(status: paid, first: 1) { totalCount pageInfo { hasNextPage endCursor } edges { cursor
         node { number lines { text invoice { number customer { name } } } } } } } }`,
      '{ customers { invoices(last: 2) { nodes { number } pageInfo { hasPreviousPage startCursor } } } }',
      '{ invoicePages(first: 7, by: "customer") { totalCount nodes { number linePages(first: 2) { totalCount nodes { id } } } } }',
      '{ notes { text subject { __typename ... on Invoice { number lines { id } } ... on Profile { motto customer { name } } } } }',
      '{ payments { id ... on TransferPayment { invoice { number customer { name } } } } }',
      '{ nodes(ids: ["Q3VzdG9tZXI6MDAwMDAwMDAtMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMDAx"]) { ... on Customer { tags { name } } } }',
      '{ favourites(ids: [3, 1]) { number lines { id } customer { tags { name } } } }',
    ];
    for (const document of documents) {
      const [one, many] = [await unsplit.current.ask(document), await split.current.ask(document)];
      expect(one.errors).toEqual([]);
      expect(many.errors).toEqual([]);
      expect(many.data).toEqual(one.data);
      expect(one.statements).toHaveLength(1);
      expect(many.statements.length).toBeGreaterThan(1);
    }
  });

  it('a page of a batched connection begins where the cursor says, of each parent', async () => {
    const { data } = await unsplit.current.ask(
      '{ customer(name: "Customer 1") { invoices(first: 1) { pageInfo { endCursor } } } }',
    );
    const document = `query ($after: String) { customers { invoices(first: 2, after: $after) { totalCount nodes { number } } } }`;
    const after = data.customer.invoices.pageInfo.endCursor;
    const [one, many] = [
      await unsplit.current.ask(document, { after }),
      await split.current.ask(document, { after }),
    ];
    expect(many.data).toEqual(one.data);
    expect(many.data.customers[0].invoices.nodes[0].number).not.toBe('I-001');
    const forged = Buffer.from('["I-001","x"]').toString('base64url');
    const refused = await split.current.ask(document, { after: forged });
    expect(refused.errors.map(({ code }) => code)).toEqual(refused.errors.map(() => 'BAD_USER_INPUT'));
    expect(refused.errors.length).toBeGreaterThan(0);
  });
});

describe('the statements of one field', () => {
  let world: World;
  let between: (() => Promise<unknown>) | undefined;
  beforeAll(async () => {
    world = await createWorld({
      limits: always,
      execute: async ({ em }: Context, text, parameters) => {
        const json = await executeWithKysely(em, text, parameters);
        await between?.();
        between = undefined;
        return json;
      },
    });
  });
  afterAll(() => world[Symbol.asyncDispose]());

  const nameOf = async (em: World['orm']['em'], to: string) => {
    between = () => world.em().execute(`update customer set name = '${to}' where name like '%1'`);
    const document = parse('{ invoice(id: 1) { customer { name } } }');
    const { data } = await execute({ schema: world.schema, document, contextValue: { em } });
    return JSON.parse(JSON.stringify(data)).invoice.customer.name;
  };

  it('see one snapshot in a transaction that has one', async () => {
    const isolationLevel = IsolationLevel.REPEATABLE_READ;
    const seen = await world.em().transactional((em) => nameOf(em as never, 'Late 1'), { isolationLevel });
    expect(seen).toBe('Customer 1');
  });

  it('each see what is committed when they begin, without one', async () => {
    expect(await nameOf(world.em(), 'Later 1')).toBe('Later 1');
  });
});

const AuthorSchema = defineEntity({
  name: 'Author',
  properties: (p) => ({
    id: p.integer().primary(),
    name: p.text(),
    life: p.text().lazy(),
    facts: p.json<object>(),
  }),
});
class Author extends AuthorSchema.class {}
AuthorSchema.setClass(Author);
const BookSchema = defineEntity({
  name: 'Book',
  properties: (p) => ({
    id: p.integer().primary(),
    text: p.text().lazy(),
    author: () => p.manyToOne(Author).ref(),
    first: () => p.manyToOne(Book).ref().nullable(),
  }),
});
class Book extends BookSchema.class {}
BookSchema.setClass(Book);

describe('a wide relation to one row', () => {
  let world: SmallWorld;
  beforeAll(async () => {
    world = await createSmallWorld(
      [Author, Book],
      (builder) => {
        builder.entityObject(Author, {
          fields: (t) => ({
            name: t.expose('name'),
            life: t.expose('life'),
            facts: t.field({
              type: 'String',
              select: ['facts'],
              resolve: ({ facts }) => JSON.stringify(facts),
            }),
          }),
        });
        builder.entityObject(Book, {
          fields: (t) => ({
            id: t.expose('id'),
            text: t.expose('text'),
            author: t.relation('author'),
            first: t.relation('first'),
          }),
        });
        builder.queryType({
          fields: (t) => ({
            books: t.entityField({
              type: [Book],
              args: { limit: t.arg.int({ required: true }) },
              resolve: (read, _root, { limit }) => read({ limit, orderBy: { id: 'asc' } }),
            }),
          }),
        });
      },
      {
        seed: `insert into author select i, 'Author ' || i, repeat('life ', 1000), '{}' from generate_series(1, 3) i;
          insert into book select i, 'text', 1 + i % 3, nullif(1, i) from generate_series(1, 60) i;`,
      },
    );
  });
  afterAll(() => world[Symbol.asyncDispose]());

  it('is batched for more than a hundred parents: a lazy column, JSON, bytes', async () => {
    const texts = async (document: string) => (await world.ask(document)).texts.length;
    expect(await texts('{ books(limit: 100) { author { life } } }')).toBe(1);
    expect(await texts('{ books(limit: 101) { author { life } } }')).toBe(2);
    expect(await texts('{ books(limit: 101) { author { name facts } } }')).toBe(2);
    expect(await texts('{ books(limit: 101) { author { name } } }')).toBe(1);
    expect(await texts('{ books(limit: 101) { text author { name } } }')).toBe(1);
  });

  it('stays in one statement with what is below it, once its parents are few', async () => {
    const { data, texts } = await world.ask('{ books(limit: 120) { id first { text author { life } } } }');
    expect(texts).toHaveLength(2);
    const { books } = data as {
      books: { id: string; first: { text: string; author: { life: string } } | null }[];
    };
    expect(books[0]).toEqual({ id: '1', first: null });
    expect(books[59]?.first?.author.life).toHaveLength(5000);
  });
});
