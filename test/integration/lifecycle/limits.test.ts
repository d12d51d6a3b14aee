import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { doors, type Gateway, startGateway } from './gateway.ts';

const limits = {
  documentLength: 4_000,
  tokens: 500,
  depth: 5,
  aliases: 4,
  rootFields: 6,
  directives: 5,
  listLength: 60,
  pageSize: 50,
  defaultPageSize: 10,
  cost: 500,
};

describe.each(doors)('through the door "%s"', (door) => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway({ doors: door, limits });
  });
  afterAll(() => gateway.close());

  const repeat = (count: number, part: (index: number) => string) =>
    Array.from({ length: count }, (_, index) => part(index)).join(' ');

  test.each([
    ['its length', `{ hello } # ${'x'.repeat(4_000)}`],
    ['its tokens', `{ ${repeat(600, () => 'hello')} }`],
    ['its depth', '{ items { edges { node { children { children { id } } } } } }'],
    [
      'its depth through fragments',
      '{ items { edges { node { ...A } } } } fragment A on Item { children { ...B } } fragment B on Item { children { id } }',
    ],
    ['its aliases', `{ ${repeat(5, (index) => `a${index}: hello`)} }`],
    ['its aliases of __typename', `{ ${repeat(5, (index) => `a${index}: __typename`)} }`],
    ['its root fields', '{ hello echo twice(number: 1) secret boom missing whoAmI }'],
    [
      'its root fields through a fragment',
      '{ ...F hello } fragment F on Query { echo twice(number: 1) secret boom missing whoAmI }',
    ],
    ['its directives', `{ hello ${repeat(6, () => '@include(if: true)')} }`],
    ['a list in it', `{ echo(list: [${repeat(61, () => '1')}]) }`],
    ['a list in a default', `query ($l: [Int!] = [${repeat(61, () => '1')}]) { echo(list: $l) }`],
    ['a page', '{ items(first: 51) { totalCount } }'],
    ['its cost', '{ items(first: 50) { edges { node { children(first: 10) { id } } } } }'],
    ['the cost of lists inside lists', '{ plain { children { children { id name } } } }'],
    [
      'the cost of fragments',
      '{ ...F } fragment F on Query { items(first: 50) { edges { node { children(first: 10) { id } } } } }',
    ],
  ])('[SM] a document is refused for %s, each time', async (_limit, query) => {
    for (let turn = 0; turn < 2; turn++) {
      const reply = await gateway.ask(query);
      expect(reply).toMatchObject({ status: 400, code: 'LIMIT_EXCEEDED' });
      expect(reply.body).not.toHaveProperty('data');
    }
  });

  test('[SM] a list of ids is bounded like a page, and costs what it brings', async () => {
    const ids = (length: number) => Array.from({ length }, () => 'same');
    const query = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }';
    expect(await gateway.ask(query, { variables: { ids: ids(50) } })).toMatchObject({ status: 200 });
    expect(await gateway.ask(query, { variables: { ids: ids(51) } })).toMatchObject({
      status: 400,
      code: 'LIMIT_EXCEEDED',
      body: { errors: [{ message: '"nodes" asks for 51 at once; 50 are allowed.' }] },
    });
    expect(await gateway.ask(query, { variables: { ids: ids(61) } })).toMatchObject({
      code: 'BAD_USER_INPUT',
    });
    const literal = `{ nodes(ids: [${repeat(51, () => '"a"')}]) { id } }`;
    expect(await gateway.ask(literal)).toMatchObject({ code: 'LIMIT_EXCEEDED' });
    const dear = 'query ($ids: [ID!]!) { nodes(ids: $ids) { children(first: 20) { id } } }';
    expect(await gateway.ask(dear, { variables: { ids: ids(20) } })).toMatchObject({ status: 200 });
    expect(await gateway.ask(dear, { variables: { ids: ids(25) } })).toMatchObject({
      code: 'LIMIT_EXCEEDED',
    });
  });

  test('[SM] a limit refuses with 400 whatever the client accepts', async () => {
    const reply = await gateway.send(
      { query: '{ items(first: 51) { totalCount } }' },
      { accept: 'application/json' },
    );
    expect(reply).toMatchObject({ status: 400, code: 'LIMIT_EXCEEDED' });
  });

  test('[SM] page sizes count where they come from variables, and with their defaults', async () => {
    const query = 'query Page($first: Int = 60) { items(first: $first) { edges { node { id } } } }';
    expect(await gateway.ask(query, { variables: { first: 50 } })).toMatchObject({ status: 200 });
    expect(await gateway.ask(query, { variables: { first: 51 } })).toMatchObject({ code: 'LIMIT_EXCEEDED' });
    expect(await gateway.ask(query)).toMatchObject({ code: 'LIMIT_EXCEEDED' });
    expect(await gateway.ask(query, { variables: { first: 1_000_000 } })).toMatchObject({
      code: 'LIMIT_EXCEEDED',
    });
    expect(await gateway.ask(query, { variables: { first: -1 } })).toMatchObject({
      status: 400,
      code: 'BAD_USER_INPUT',
    });
    expect(await gateway.ask(query, { variables: { first: null } })).toMatchObject({ status: 200 });
    expect(await gateway.ask('{ items(last: -1) { totalCount } }')).toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  test('[SM] the cost follows the page sizes of the variables', async () => {
    const query =
      'query Cost($n: Int!) { items(first: $n) { edges { node { children(first: 5) { id } } } } }';
    expect(await gateway.ask(query, { variables: { n: 10 } })).toMatchObject({ status: 200 });
    expect(await gateway.ask(query, { variables: { n: 50 } })).toMatchObject({ status: 200 });
    const dearer = query.replace('first: 5', 'first: 8');
    expect(await gateway.ask(dearer, { variables: { n: 50 } })).toMatchObject({ code: 'LIMIT_EXCEEDED' });
  });

  test('[SM] fragments that spread each other twice are measured in no time', async () => {
    const chain = repeat(24, (index) => `fragment F${index} on Query { ...F${index + 1} ...F${index + 1} }`);
    const began = performance.now();
    const reply = await gateway.ask(`{ ...F0 } ${chain} fragment F24 on Query { hello }`);
    expect(performance.now() - began).toBeLessThan(500);
    expect([200, 400]).toContain(reply.status);
  });

  test('[SM] a fragment inside itself is refused by validation, not by a crash', async () => {
    const reply = await gateway.ask(
      '{ ...A } fragment A on Query { hello ...B } fragment B on Query { ...A }',
    );
    expect(reply).toMatchObject({ status: 400, code: 'GRAPHQL_VALIDATION_FAILED' });
  });

  test('[SM] a document within all limits is served', async () => {
    const reply = await gateway.ask('{ items(first: 50) { edges { node { id name } } totalCount } hello }');
    expect(reply.status).toBe(200);
  });
});

test('[SM] the introspection query of the usual tools passes the default limits', async () => {
  await using gateway = await startGateway();
  const { getIntrospectionQuery } = await import('graphql');
  expect(await gateway.ask(getIntrospectionQuery())).toMatchObject({ status: 200 });
  const deep =
    '{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }';
  expect(await gateway.ask(deep)).toMatchObject({ status: 400 });
});
