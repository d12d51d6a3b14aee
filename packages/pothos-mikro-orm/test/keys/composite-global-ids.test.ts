import { defineEntity, PrimaryKeyProp } from '@mikro-orm/postgresql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSmallWorld, type SmallWorld } from '../support/small-world.ts';

const ShelfSchema = defineEntity({
  name: 'Shelf',
  properties: (p) => ({
    room: p.bigint().primary(),
    place: p.text().primary(),
    label: p.text(),
  }),
});
/** Its key holds the whole key of its shelf. */
const BoxSchema = defineEntity({
  name: 'Box',
  filters: { open: { name: 'open', cond: { sealed: false }, default: true } },
  properties: (p) => ({
    shelf: () => p.manyToOne(Shelf).ref().primary(),
    number: p.integer().primary(),
    content: p.text(),
    sealed: p.boolean(),
  }),
});
const LabelSchema = defineEntity({
  name: 'Label',
  properties: (p) => ({
    id: p.integer().primary(),
    text: p.text(),
    box: () => p.manyToOne(Box).ref().nullable(),
  }),
});
/** Its one key is a relation to a key of several columns. */
const PlanSchema = defineEntity({
  name: 'Plan',
  properties: (p) => ({ shelf: () => p.oneToOne(Shelf).ref().primary(), text: p.text() }),
});
class Shelf extends ShelfSchema.class {
  declare [PrimaryKeyProp]: ['room', 'place'];
}
ShelfSchema.setClass(Shelf);
class Box extends BoxSchema.class {
  declare [PrimaryKeyProp]: ['shelf', 'number'];
}
BoxSchema.setClass(Box);
class Label extends LabelSchema.class {}
LabelSchema.setClass(Label);
class Plan extends PlanSchema.class {
  declare [PrimaryKeyProp]: 'shelf';
}
PlanSchema.setClass(Plan);

const globalId = (type: string, ...parts: unknown[]) =>
  Buffer.from(`${type}:${JSON.stringify(parts)}`).toString('base64');

describe('global ids of composite keys', () => {
  let world: SmallWorld;
  beforeAll(async () => {
    world = await createSmallWorld(
      [Shelf, Box, Label, Plan],
      (builder) => {
        builder.entityNode(Shelf, {
          fields: (t) => ({ label: t.expose('label'), boxes: t.inverse(Box, 'shelf') }),
        });
        builder.entityNode(Box, {
          fields: (t) => ({
            content: t.expose('content'),
            shelf: t.relation('shelf'),
            shelfKey: t.field({
              type: 'String',
              select: ['shelf'],
              resolve: ({ shelf }) => shelf.map((part) => `${typeof part} ${part}`).join(),
            }),
            labels: t.inverse(Label, 'box'),
          }),
        });
        builder.entityObject(Label, {
          fields: (t) => ({
            text: t.expose('text'),
            box: t.relation('box'),
            boxKey: t.field({
              type: 'String',
              select: ['box'],
              resolve: ({ box }) =>
                JSON.stringify(box, (_, part) => (typeof part === 'bigint' ? `${part}n` : part)),
            }),
          }),
        });
        builder.entityNode(Plan, { fields: (t) => ({ text: t.expose('text') }) });
        builder.queryType({
          fields: (t) => ({
            boxes: t.entityField({ type: [Box], resolve: (read) => read({ orderBy: { content: 'asc' } }) }),
            labels: t.entityField({ type: [Label], resolve: (read) => read({ orderBy: { id: 'asc' } }) }),
            labelsOf: t.entityField({
              type: [Label],
              resolve: (read) => read({ where: { box: [['9007199254740993', 'b:1'], 1] as never } }),
            }),
            plans: t.entityField({ type: [Plan], resolve: (read) => read() }),
            known: t.field({
              type: [builder.entityRef(Box)],
              resolve: () => [
                builder.entityRow(Box, { shelf: [9007199254740993n, 'b:1'], number: 2 }),
                builder.entityRow(Box, { shelf: [1n, 'a'], number: 1 }),
              ],
            }),
          }),
        });
      },
      {
        seed: `insert into shelf values (1, 'a', 'first'), (9007199254740993, 'b:1', 'second');
          insert into box values (1, 'a', 1, 'apples', false), (9007199254740993, 'b:1', 1, 'books', false),
            (9007199254740993, 'b:1', 2, 'candles', false), (9007199254740993, 'b:1', 3, 'diaries', true);
          insert into label values (1, 'heavy', 9007199254740993, 'b:1', 1), (2, 'loose', null, null, null),
            (3, 'secret', 9007199254740993, 'b:1', 3);
          insert into plan values (9007199254740993, 'b:1', 'as drawn');`,
      },
    );
  });
  afterAll(() => world[Symbol.asyncDispose]());

  const second = ['9007199254740993', 'b:1'];
  const box = (number: number) => globalId('Box', second, String(number));

  it('lead back to their rows, all of a type in one statement, a missing one null', async () => {
    const ids = [box(2), globalId('Shelf', ...second), box(9), box(1), box(2)];
    const { data, errors, texts } = await world.ask(
      `{ nodes(ids: ${JSON.stringify(ids)}) { id ... on Box { content shelf { label } } ... on Shelf { label } } }`,
    );
    expect(errors).toEqual([]);
    expect(texts).toHaveLength(2);
    expect(data).toEqual({
      nodes: [
        { id: ids[0], content: 'candles', shelf: { label: 'second' } },
        { id: ids[1], label: 'second' },
        null,
        { id: ids[3], content: 'books', shelf: { label: 'second' } },
        { id: ids[4], content: 'candles', shelf: { label: 'second' } },
      ],
    });
  });

  it('are the same wherever the row comes from', async () => {
    const { data, errors, texts } = await world.ask('{ boxes { id content shelf { id boxes { id } } } }');
    expect(errors).toEqual([]);
    expect(texts).toHaveLength(1);
    expect(data).toMatchObject({
      boxes: [
        { content: 'apples' },
        {
          content: 'books',
          id: box(1),
          shelf: { id: globalId('Shelf', ...second), boxes: [{ id: box(1) }, { id: box(2) }] },
        },
        { content: 'candles', id: box(2) },
      ],
    });
  });

  it.each([
    globalId('Box', second, 'x'),
    globalId('Box', second),
    globalId('Box', ...second, '1'),
    globalId('Box', ['1 or true', 'a'], '1'),
    globalId('Box', [{ $gt: '0' }, 'a'], '1'),
    globalId('Box', [['1'], 'a'], '1'),
    globalId('Box', null, null),
    Buffer.from('Box:1').toString('base64'),
    Buffer.from('Box:{"shelf":1}').toString('base64'),
    Buffer.from('Box:[').toString('base64'),
  ])('that are none of the type name no row, and never reach the database: %s', async (id) => {
    const { data, errors, texts } = await world.ask(`{ node(id: "${id}") { id } }`);
    expect(errors).toEqual([]);
    expect(data).toEqual({ node: null });
    expect(texts).toEqual([]);
  });

  it('show no hidden row', async () => {
    const { data } = await world.ask(`{ node(id: "${box(3)}") { id } }`);
    expect(data).toEqual({ node: null });
  });

  it('of a key that is a relation to such a key', async () => {
    const id = globalId('Plan', second);
    const { data, errors } = await world.ask(`{ plans { id } node(id: "${id}") { ... on Plan { text } } }`);
    expect(errors).toEqual([]);
    expect(data).toEqual({ plans: [{ id }], node: { text: 'as drawn' } });
  });

  it('rows that are known by such a key share a statement', async () => {
    const { data, errors, texts } = await world.ask('{ known { content labels { text } } }');
    expect(errors).toEqual([]);
    expect(texts).toHaveLength(1);
    expect(data).toEqual({
      known: [
        { content: 'candles', labels: [] },
        { content: 'apples', labels: [] },
      ],
    });
  });

  it('a relation to such a key has its exact values, and is found by them', async () => {
    const { data, errors } = await world.ask(
      '{ labels { text boxKey box { content } } labelsOf { text } boxes { shelfKey } }',
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({
      labels: [
        { text: 'heavy', boxKey: '[["9007199254740993n","b:1"],1]', box: { content: 'books' } },
        { text: 'loose', boxKey: 'null', box: null },
        { text: 'secret', boxKey: '[["9007199254740993n","b:1"],3]', box: null },
      ],
      labelsOf: [{ text: 'heavy' }],
      boxes: [
        { shelfKey: 'bigint 1,string a' },
        { shelfKey: 'bigint 9007199254740993,string b:1' },
        { shelfKey: 'bigint 9007199254740993,string b:1' },
      ],
    });
  });
});
