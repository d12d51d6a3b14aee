import { type GraphQLSchema, getOperationAST, parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { executeWithKysely, textOperation } from '../../src/index.ts';
import { Customer, Invoice } from '../exactness/entities.ts';
import { createBuilder, createSchema, defineTypes } from './schema.ts';
import { createTextWorld, type TextWorld } from './world.ts';
import wrapping from './wrapping-plugin.ts';

describe('what SQL does not write', () => {
  let world: TextWorld;
  let looks = 0;
  let statements = 0;
  beforeAll(async () => {
    world = await createTextWorld((metadata) => {
      const builder = createBuilder(metadata, {
        plugins: [wrapping],
        execute: ({ em }, text, parameters) => {
          statements += 1;
          return executeWithKysely(em, text, parameters);
        },
        allowed: (field, type, { denied }) => !denied?.includes(`${type.name}.${field.name}`),
      });
      defineTypes(builder);
      const Debtor = builder.entityObject(Customer, {
        name: 'Debtor',
        variant: true,
        fields: (t) => ({ credit: t.expose('credit') }),
      });
      builder.entityFields(Customer, (t) => ({
        debtor: t.variant(Debtor),
        shouted: t.expose('name', { extensions: { shout: true } }),
        quiet: t.expose('name', { extensions: { quiet: true } }),
      }));
      builder.queryFields((t) => ({
        counting: t.entityField({
          type: [Invoice],
          resolve: async (read) => {
            const rows = await read({ limit: 3 });
            looks += 1;
            return rows.slice(0, 2);
          },
        }),
        chosen: t.entityField({
          type: [Invoice],
          nullable: { list: false, items: true },
          resolve: (read) => read({ keys: [2, 1, 12345] }),
        }),
        swallowing: t.entityField({
          type: [Invoice],
          resolve: async (read) => {
            const rows = await read({ limit: 3 });
            try {
              return rows.filter(() => true);
            } catch {
              return [];
            }
          },
        }),
        checked: t.entityField({
          type: Invoice,
          nullable: true,
          args: { id: t.arg.int({ required: true }) },
          resolve: async (read, _root, { id }) => {
            const row = await read({ key: id });
            if (row === null) throw new Error('There is none.');
            return row;
          },
        }),
      }));
      return builder.toSchema();
    });
  });
  afterAll(() => world[Symbol.asyncDispose]());

  it.each([
    ['a field that another plugin wraps', '{ customers { shouted } }'],
    ['a field with a resolver of its own', '{ invoices { nodes { loud } } }'],
    ['a column that has to be decoded', '{ customers { taxId } }'],
    ['a float', '{ lines { nodes { discount } } }'],
    ['a scalar whose text is not known', '{ customers { profile { wakesAt } } }'],
    ['a row that is shown as another of its types', '{ customers { debtor { credit } } }'],
    ['what has no rows', '{ hello }'],
  ])('[RG] %s', async (_what, source) => {
    const { reply, way } = await world.written(source);
    expect(way).toBe('resolvers');
    expect(reply).toEqual(await world.ordinary(source));
  });

  it('[AZ] a field that a plugin guards, for a caller whom the guard keeps out', async () => {
    const source = '{ customers { quiet } }';
    expect((await world.written(source)).way).toBe('text');
    expect((await world.written(source, {}, { denied: [] })).way).toBe('resolvers');
  });

  it('[AZ] a field that is not allowed: its resolver refuses it, for this caller alone', async () => {
    const source = '{ customers { name credit } }';
    const denied = { denied: ['Customer.credit'] };
    expect((await world.written(source)).way).toBe('text');
    const { reply } = await world.written(source, {}, denied);
    expect(reply).toEqual(await world.ordinary(source, {}, denied));
    expect(reply.data).toBe('null');
    expect((await world.written(source)).way).toBe('text');
  });

  it('[RG] rows of relations that are batched: nothing is sent before that is known, nor tried again', async () => {
    const source = '{ customers { tags { customers { tags { customers { credit } } } } } }';
    statements = 0;
    const expected = await world.ordinary(source);
    const ordinary = statements;
    expect(ordinary).toBeGreaterThan(1);
    for (const way of ['abandoned', 'resolvers']) {
      statements = 0;
      expect(await world.written(source)).toEqual({ reply: expected, way });
      expect(statements).toBe(ordinary);
    }
  });

  it('[RG] batched or not, as the sizes of pages say this time', async () => {
    const source = `query ($first: Int!) {
      invoices(first: $first) { nodes { customer { pages(first: $first) { nodes { lines { id } } } } } }
    }`;
    for (const [first, way] of [
      [20, 'abandoned'],
      [2, 'text'],
      [20, 'abandoned'],
    ] as const) {
      const { reply, way: taken } = await world.written(source, { first });
      expect([first, taken]).toEqual([first, way]);
      expect(reply).toEqual(await world.ordinary(source, { first }));
    }
  });

  it('[RG] rows by a list of keys: once tried, never again', async () => {
    const source = '{ chosen { number } }';
    const expected = await world.ordinary(source);
    for (const way of ['abandoned', 'resolvers']) {
      statements = 0;
      expect(await world.written(source)).toEqual({ reply: expected, way });
      expect(statements).toBe(1);
    }
  });

  it.each(['counting', 'swallowing'])(
    '[RG] rows that their field looks into: once tried, never again (%s)',
    async (field) => {
      const source = `{ ${field} { number } }`;
      const expected = await world.ordinary(source);
      expect(await world.written(source)).toEqual({ reply: expected, way: 'abandoned' });
      const before = looks;
      expect(await world.written(source)).toEqual({ reply: expected, way: 'resolvers' });
      expect(looks - before).toBe(field === 'counting' ? 1 : 0);
    },
  );

  it('[RG EH] a null that its field makes an error of', async () => {
    const source = '{ a: checked(id: 1) { number } b: checked(id: 12345) { number } }';
    const { reply, way } = await world.written(source);
    expect(reply).toEqual(await world.ordinary(source));
    expect(reply.errors).toHaveLength(1);
    expect(way).toBe('text');
  });

  it('[RG] a row without a value that must be there, and a value that its scalar refuses', async () => {
    const source = '{ customers { name createdAt profile { born } } }';
    const { reply, way } = await world.written(source);
    expect(reply).toEqual(await world.ordinary(source));
    expect(way).toBe('abandoned');
  });
});

describe('an operation whose reply SQL writes', () => {
  let world: TextWorld;
  beforeAll(async () => {
    world = await createTextWorld(createSchema);
  });
  afterAll(() => world[Symbol.asyncDispose]());
  const operationOf = (schema: GraphQLSchema, source: string) => {
    const document = parse(source);
    const node = getOperationAST(document);
    return node ? textOperation(schema, document, node) : undefined;
  };

  it.each([
    ['{ customers { name } }', { whole: true, statements: 1 }],
    ['{ customers { name } invoices { totalCount } __typename }', { whole: true, statements: 2 }],
    ['{ customers { name } hello }', { whole: false, statements: 1 }],
    ['{ customers { name } invoices { nodes { loud } } }', { whole: false, statements: 1 }],
  ])('[RG] says how much of it, in how many statements: %s', (source, expected) => {
    expect(operationOf(world.schema, source)).toMatchObject(expected);
  });

  it('[RG] is a query', () => {
    expect(operationOf(world.schema, '{ hello }')).toBeUndefined();
  });

  it('[RG] keeps the order of keys, fragments and aliases', async () => {
    const source = `query ($no: Boolean!) {
      b: customers { ...F name id }
      ... on Query { a: customers { z: name y: name @skip(if: $no) x: __typename } }
    } fragment F on Customer { e: email ... { name @include(if: $no) credit } }`;
    for (const no of [true, false]) {
      const { reply, way } = await world.written(source, { no });
      expect(way).toBe('text');
      expect(reply).toEqual(await world.ordinary(source, { no }));
    }
  });

  it('[RG] writes an object of columns under the names of its type', async () => {
    const { reply, way } = await world.written(
      '{ invoice(id: 1) { t: total { u: unit value __typename } } }',
    );
    expect(way).toBe('text');
    expect(reply.data).toMatch(
      /^\{"invoice":\{"t":\{"u":"INV-1","value":"[^"]+","__typename":"Amount"\}\}\}$/,
    );
  });
});
