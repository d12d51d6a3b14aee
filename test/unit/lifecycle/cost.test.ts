import { buildSchema, getOperationAST, parse, validate } from 'graphql';
import { describe, expect, test } from 'vitest';
import { measureCost } from '../../../src/lifecycle/protection/cost.ts';

const schema = buildSchema(/* GraphQL */ `
  type Query { one: Item items(first: Int, last: Int): ItemConnection! plain(names: [String!]): [Item!]! nodes(ids: [ID!]): [Item]! sized(first: Int = 4): [Item!]! any: Any node: Node }
  type ItemConnection { edges: [Edge!]! nodes: [Item!]! totalCount: Int! pageInfo: PageInfo! }
  type Edge { node: Item! cursor: String! }
  type PageInfo { hasNextPage: Boolean! }
  interface Node { id: ID! }
  type Item implements Node { id: ID! name: String! tags: [String!]! parent: Item items(first: Int): ItemConnection! }
  type Other { label: String }
  union Any = Item | Other
`);

/** What a page and what any other list is taken to have. */
const ASSUMED = 10;
const LONGEST = 30;
const assumed = { page: ASSUMED, list: LONGEST };
function costOf(query: string, variables: Record<string, unknown> = {}, name?: string): number {
  const document = parse(query);
  expect(validate(schema, document)).toEqual([]);
  const operation = getOperationAST(document, name);
  if (!operation) throw new Error('There is no such operation.');
  return measureCost(schema, document, operation, assumed)(variables);
}

describe('[SM] the cost of an operation', () => {
  test.each([
    ['a field', '{ one { id } }', 2],
    ['two fields', '{ one { id name } }', 3],
    ['a list of scalars, which is one value', '{ one { tags } }', 2],
    ['a list of unknown length as the longest', '{ plain { id name } }', 1 + 30 * 2],
    ['a list that ids make', '{ nodes(ids: [1, 2, 3]) { id } }', 1 + 3],
    ['one id', '{ nodes(ids: 1) { id } }', 1 + 1],
    ['ids that are null', '{ nodes(ids: null) { id } }', 1 + 30],
    ['a list that another list narrows down', '{ plain(names: ["a"]) { id } }', 1 + 30],
    ['a connection of unknown length', '{ items { nodes { id } } }', 2 + 10],
    ['a connection with its size', '{ items(first: 3) { nodes { id name } } }', 2 + 3 * 2],
    ['the last ones', '{ items(last: 3) { nodes { id } } }', 2 + 3],
    ['edges', '{ items(first: 3) { edges { node { id } cursor } } }', 2 + 3 * 3],
    ['what is there once', '{ items(first: 3) { totalCount pageInfo { hasNextPage } } }', 1 + 1 + 2],
    ['a size from the schema', '{ sized { id } }', 1 + 4],
    ['none', '{ items(first: 0) { nodes { id } } }', 2],
    [
      'lists inside lists',
      '{ items(first: 5) { nodes { items(first: 7) { nodes { id } } } } }',
      2 + 5 * (2 + 7),
    ],
    ['the same twice', '{ a: one { id } b: one { id } }', 4],
    [
      'a fragment at each place',
      '{ one { ...F parent { ...F } } } fragment F on Item { id name }',
      2 + 2 + 2,
    ],
    [
      'a fragment on a connection',
      '{ items(first: 3) { ...C } } fragment C on ItemConnection { nodes { id } }',
      2 + 3,
    ],
    [
      'inline fragments',
      '{ any { ... on Item { id name } ... on Other { label } } node { ... on Item { name } } }',
      1 + 3 + 2,
    ],
    ['introspection, which is free', '{ __schema { types { name fields { name } } } }', 1],
  ])('counts %s', (_what, query, cost) => {
    expect(costOf(query)).toBe(cost);
  });

  test('follows the variables', () => {
    const query = 'query ($n: Int) { items(first: $n) { nodes { id } } }';
    expect(costOf(query, { n: 7 })).toBe(2 + 7);
    expect(costOf(query, { n: null })).toBe(2 + ASSUMED);
    expect(costOf(query)).toBe(2 + ASSUMED);
  });

  test('takes no variable for given that is a member of every object', () => {
    expect(costOf('query ($constructor: Int) { items(first: $constructor) { nodes { id } } }')).toBe(
      2 + ASSUMED,
    );
    expect(costOf('query ($valueOf: [ID!]) { nodes(ids: $valueOf) { id } }')).toBe(1 + LONGEST);
  });

  test('follows ids in variables', () => {
    const query = 'query ($ids: [ID!]) { nodes(ids: $ids) { id } }';
    expect(costOf(query, { ids: ['a', 'b'] })).toBe(1 + 2);
    expect(costOf(query, { ids: [] })).toBe(1);
    expect(costOf(query)).toBe(1 + LONGEST);
  });

  test('is that of one operation of the document', () => {
    const query = 'query A { one { id } } query B { plain { id } }';
    expect(costOf(query, {}, 'A')).toBe(2);
    expect(costOf(query, {}, 'B')).toBe(31);
  });

  test('of fragments that spread each other twice is counted in full, and in no time', () => {
    const levels = 40;
    const fragments = Array.from(
      { length: levels },
      (_, n) => `fragment F${n} on Query { ...F${n + 1} ... { ...F${n + 1} } }`,
    );
    const document = parse(`{ ...F0 } ${fragments.join(' ')} fragment F${levels} on Query { one { id } }`);
    const operation = getOperationAST(document);
    if (!operation) throw new Error('There is no operation.');
    const began = performance.now();
    expect(measureCost(schema, document, operation, assumed)({})).toBe(2 * 2 ** levels);
    expect(performance.now() - began).toBeLessThan(200);
  });
});
