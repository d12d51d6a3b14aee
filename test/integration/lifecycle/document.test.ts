import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { doors, type Gateway, startGateway } from './gateway.ts';

describe.each(doors)('through the door "%s"', (door) => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway({ doors: door });
  });
  afterAll(() => gateway.close());

  test.each([1, 2])('[RR] a document that is not GraphQL is refused, time %i', async () => {
    const reply = await gateway.ask('{ hello');
    expect(reply).toMatchObject({ status: 400, code: 'GRAPHQL_PARSE_FAILED' });
    expect(reply.body.errors?.[0]?.locations).toEqual([{ line: 1, column: 8 }]);
    expect(reply.body).not.toHaveProperty('data');
  });

  test.each([1, 2])(
    '[RR] a document that does not fit the schema is refused with all its faults, time %i',
    async () => {
      const reply = await gateway.ask('{ helo twice hello { x } }');
      expect(reply).toMatchObject({ status: 400, code: 'GRAPHQL_VALIDATION_FAILED' });
      expect(reply.body.errors).toHaveLength(3);
      expect(reply.body.errors?.[0]?.message).toContain('Did you mean "hello"');
      expect(reply.body).not.toHaveProperty('data');
    },
  );

  test('[RC] a client that accepts application/json alone gets 200 for a document at fault', async () => {
    const accept = 'application/json';
    expect(await gateway.send({ query: '{' }, { accept })).toMatchObject({
      status: 200,
      code: 'GRAPHQL_PARSE_FAILED',
    });
    expect(await gateway.send({ query: '{ nope }' }, { accept })).toMatchObject({ status: 200 });
  });

  test.each([
    ['an unknown operation', 'query A { hello }', 'B'],
    ['no name for two operations', 'query A { hello } query B { hello }', undefined],
    ['a document without an operation', 'fragment F on Query { hello }', undefined],
  ])('[RR] %s is refused', async (_case, query, operationName) => {
    const reply = await gateway.ask(query, { operationName });
    expect(reply).toMatchObject({ status: 400, code: 'OPERATION_NOT_FOUND' });
  });

  test('[RR] two operations of one document are two: over GET the query runs, whatever ran before', async () => {
    const query = 'query A { hello } mutation B { add(number: 1) }';
    const before = gateway.store.count;
    for (let turn = 0; turn < 3; turn++) {
      expect(await gateway.ask(query, { operationName: 'B' })).toMatchObject({ body: { data: { add: 1 } } });
      expect(await gateway.get({ query, operationName: 'A' })).toMatchObject({
        body: { data: { hello: 'world' } },
      });
      expect(await gateway.ask(query, { operationName: 'A' })).toMatchObject({
        body: { data: { hello: 'world' } },
      });
      expect(await gateway.get({ query, operationName: 'B' })).toMatchObject({
        status: 405,
        code: 'METHOD_NOT_ALLOWED',
        headers: { allow: 'POST' },
      });
    }
    expect(gateway.store.count).toBe(before + 3);
  });

  test('[RR] the same name in two documents means two operations', async () => {
    expect((await gateway.ask('query Same { hello }')).body.data).toEqual({ hello: 'world' });
    expect((await gateway.ask('query Same { twice(number: 2) }')).body.data).toEqual({ twice: 4 });
    expect((await gateway.ask('query Same { hello }')).body.data).toEqual({ hello: 'world' });
  });

  test('[RR] one document with other variables each time', async () => {
    const query =
      'query ($number: Int!, $also: Boolean!) { twice(number: $number) hello @include(if: $also) }';
    expect((await gateway.ask(query, { variables: { number: 1, also: true } })).body.data).toEqual({
      twice: 2,
      hello: 'world',
    });
    expect((await gateway.ask(query, { variables: { number: 3, also: false } })).body.data).toEqual({
      twice: 6,
    });
  });

  test('[RR] a subscription is served to those who accept events', async () => {
    for (const _ of ['new', 'known']) {
      const stream = await fetch(`${gateway.url}/graphql`, {
        method: 'POST',
        headers: {
          accept: 'text/event-stream, application/json',
          authorization: 'Bearer owner',
          'content-type': 'application/json',
          'x-tenant-id': 'acme',
        },
        body: JSON.stringify({ query: 'subscription { ticks }' }),
      });
      expect(stream.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
      expect(await stream.text()).toBe(
        ':\n\nevent: next\ndata: {"data":{"ticks":1}}\n\nevent: complete\ndata:\n\n',
      );
    }
    const reply = await gateway.ask('subscription { ticks }');
    expect(reply).toMatchObject({ status: 406, code: 'NOT_ACCEPTABLE' });
  });

  test('[RI] batches are refused', async () => {
    const reply = await gateway.send(JSON.stringify([{ query: '{ hello }' }, { query: '{ hello }' }]));
    expect(reply).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
  });
});

describe.each(doors)('in production, through the door "%s"', (door) => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway({ doors: door, production: true });
  });
  afterAll(() => gateway.close());

  test.each(['{ __schema { types { name } } }', '{ __type(name: "Item") { name } }'])(
    '[SM] introspection is off: %s',
    async (query) => {
      expect(await gateway.ask(query)).toMatchObject({ status: 400, code: 'GRAPHQL_VALIDATION_FAILED' });
    },
  );

  test('[SM] __typename is not introspection', async () => {
    expect(await gateway.ask('{ __typename }')).toMatchObject({ status: 200 });
  });

  test.each([
    ['a field', '{ helo }', {}],
    ['an argument', '{ twice(numbr: 1) }', {}],
    ['a type', 'query ($i: Inpt) { echo(input: $i) }', {}],
    ['a value of an enum', '{ echo(input: { name: "a", amount: 1, color: REDD }) }', {}],
    ['a member of an input', '{ echo(input: { nam: "a", amount: 1 }) }', {}],
    ['a member of a variable', 'query ($i: Input) { echo(input: $i) }', { i: { nam: 'a', amount: 1 } }],
    [
      'an enum in a variable',
      'query ($i: Input) { echo(input: $i) }',
      { i: { name: 'a', amount: 1, color: 'REDD' } },
    ],
  ])('[SM] nothing is suggested instead of %s that is wrong', async (_what, query, variables) => {
    const reply = await gateway.ask(query, { variables });
    expect(reply.status).toBe(400);
    expect(reply.text).not.toMatch(/did you mean/i);
  });
});
