import { defineEntity, PrimaryKeyProp } from '@mikro-orm/postgresql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSmallWorld, type SmallWorld } from './support/small-world.ts';

const ShelfSchema = defineEntity({
  name: 'Shelf',
  properties: (p) => ({ room: p.integer().primary(), place: p.text().primary(), label: p.text() }),
});
const BookSchema = defineEntity({
  name: 'Book',
  properties: (p) => ({
    id: p.bigint().primary(),
    title: p.text(),
    shelf: () => p.manyToOne(Shelf).ref().nullable(),
  }),
});
const LoanSchema = defineEntity({
  name: 'Loan',
  properties: (p) => ({ id: p.integer().primary(), book: () => p.manyToOne(Book).ref() }),
});
class Shelf extends ShelfSchema.class {
  declare [PrimaryKeyProp]: ['room', 'place'];
}
ShelfSchema.setClass(Shelf);
class Book extends BookSchema.class {}
BookSchema.setClass(Book);
class Loan extends LoanSchema.class {}
LoanSchema.setClass(Loan);

describe('keys of several columns, and keys that are relations', () => {
  let world: SmallWorld;
  beforeAll(async () => {
    world = await createSmallWorld(
      [Shelf, Book, Loan],
      (builder) => {
        builder.entityObject(Shelf, {
          fields: (t) => ({
            label: t.expose('label'),
            books: t.inverse(Book, 'shelf'),
            bookPages: t.inverseConnection(Book, 'shelf'),
          }),
        });
        builder.entityObject(Book, {
          fields: (t) => ({
            id: t.expose('id'),
            title: t.expose('title'),
            shelf: t.relation('shelf'),
            shelfKey: t.field({
              type: 'String',
              select: ['shelf'],
              resolve: ({ shelf }) => JSON.stringify(shelf),
            }),
          }),
        });
        builder.entityObject(Loan, {
          fields: (t) => ({
            bookKey: t.field({
              type: 'String',
              select: ['book'],
              resolve: ({ book }) => `${typeof book} ${book}`,
            }),
          }),
        });
        builder.queryType({
          fields: (t) => ({
            shelves: t.entityConnection({ type: Shelf, query: () => ({}) }),
            shelf: t.entityField({ type: Shelf, nullable: true, resolve: (read) => read({ key: [2, 'a'] }) }),
            books: t.entityField({
              type: [Book],
              resolve: (read) => read({ where: { shelf: { label: { $like: 's%' } } } }),
            }),
            loans: t.entityField({ type: [Loan], resolve: (read) => read() }),
            known: t.field({
              type: [builder.entityRef(Shelf)],
              resolve: () => [
                builder.entityRow(Shelf, { room: 1, place: 'b' }),
                builder.entityRow(Shelf, { room: 2, place: 'a' }),
              ],
            }),
          }),
        });
      },
      {
        seed: `insert into shelf values (1, 'a', 's1a'), (1, 'b', 's1b'), (2, 'a', 's2a');
          insert into book (id, title, shelf_room, shelf_place) values (9007199254740993, 'one', 1, 'a'), (2, 'two', 2, 'a'), (3, 'three', null, null);
          insert into loan values (1, 9007199254740993);`,
      },
    );
  });
  afterAll(() => world[Symbol.asyncDispose]());

  it('[DO] lead there and back', async () => {
    const { data, errors, texts } = await world.ask(
      '{ books { title shelfKey shelf { label books { title } } } }',
    );
    expect(errors).toEqual([]);
    expect(texts).toHaveLength(1);
    expect(data).toEqual({
      books: [
        { title: 'two', shelfKey: '[2,"a"]', shelf: { label: 's2a', books: [{ title: 'two' }] } },
        { title: 'one', shelfKey: '[1,"a"]', shelf: { label: 's1a', books: [{ title: 'one' }] } },
      ],
    });
  });

  it('[DO] break ties in pages', async () => {
    const seen: string[] = [];
    let after = 'null';
    for (let i = 0; i < 3; i++) {
      const { data, errors } = await world.ask(
        `{ shelves(first: 1, after: ${after}) { nodes { label } pageInfo { endCursor } } }`,
      );
      expect(errors).toEqual([]);
      const { nodes, pageInfo } = (
        data as { shelves: { nodes: { label: string }[]; pageInfo: { endCursor: string } } }
      ).shelves;
      seen.push(...nodes.map(({ label }) => label));
      after = JSON.stringify(pageInfo.endCursor);
    }
    expect(seen).toEqual(['s1a', 's1b', 's2a']);
  });

  it('[DO] find one row, and rows that are known by them', async () => {
    const { data, errors, texts } = await world.ask(
      '{ shelf { label } known { label bookPages { totalCount } } }',
    );
    expect(errors).toEqual([]);
    expect(texts).toHaveLength(2);
    expect(data).toEqual({
      shelf: { label: 's2a' },
      known: [
        { label: 's1b', bookPages: { totalCount: 0 } },
        { label: 's2a', bookPages: { totalCount: 1 } },
      ],
    });
  });

  it('[DO] a relation in a computed field is its key, of the key’s own type', async () => {
    expect((await world.ask('{ loans { bookKey } }')).data).toEqual({
      loans: [{ bookKey: 'bigint 9007199254740993' }],
    });
  });
});
