import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { doors, type Gateway, startGateway } from './gateway.ts';

describe.each(doors)('through the door "%s"', (door) => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway({ doors: door });
  });
  afterAll(() => gateway.close());

  const query =
    'query Echo($text: String, $input: Input, $list: [Int!]) { echo(text: $text, input: $input, list: $list) }';
  const issuesOf = async (variables: unknown) => {
    const reply = await gateway.ask(query, { variables });
    expect(reply).toMatchObject({ status: 400, code: 'BAD_USER_INPUT' });
    expect(reply.body).not.toHaveProperty('data');
    return reply.body.errors?.[0]?.extensions.issues;
  };

  test('[DV] all faults of the variables are told at once, each with its path', async () => {
    const input = { amount: '3', color: 'BLUE', lines: [{ quantity: 1 }, { quantity: 'x' }, {}], extra: 1 };
    expect(await issuesOf({ text: 5, input, list: [1, null, 2.5] })).toEqual([
      { path: ['text'], message: 'String cannot represent a non string value: 5' },
      { path: ['input'], message: 'Field "name" of required type "String!" was not provided.' },
      { path: ['input', 'amount'], message: 'Int cannot represent non-integer value: "3"' },
      { path: ['input', 'color'], message: expect.stringContaining('"BLUE" does not exist in "Color" enum') },
      { path: ['input', 'lines', 1, 'quantity'], message: 'Int cannot represent non-integer value: "x"' },
      { path: ['input', 'lines', 2], message: 'Field "quantity" of required type "Int!" was not provided.' },
      { path: ['input'], message: 'Field "extra" is not defined by type "Input".' },
      { path: ['list', 1], message: 'Expected non-nullable type "Int!" not to be null.' },
      { path: ['list', 2], message: 'Int cannot represent non-integer value: 2.5' },
    ]);
  });

  test('[DV] nothing runs when a variable is at fault', async () => {
    const before = gateway.facts.length;
    const add = 'mutation Add($number: Int!) { add(number: $number) }';
    for (const variables of [
      undefined,
      {},
      { number: null },
      { number: 'x' },
      { number: 1.5 },
      { number: [1] },
    ]) {
      expect(await gateway.ask(add, { variables })).toMatchObject({ status: 400, code: 'BAD_USER_INPUT' });
    }
    expect(gateway.facts.length).toBe(before);
  });

  test('[RC] a client that accepts application/json alone gets 200 for variables at fault', async () => {
    const reply = await gateway.send({ query, variables: { text: 5 } }, { accept: 'application/json' });
    expect(reply).toMatchObject({ status: 200, code: 'BAD_USER_INPUT' });
  });

  test('[DV] text that can not be stored is refused where it is, names of members too', async () => {
    expect(await issuesOf({ text: 'a\0b' })).toEqual([
      { path: ['text'], message: 'The text contains a NUL character.' },
    ]);
    expect(await issuesOf({ text: 'half \ud83c' })).toEqual([
      { path: ['text'], message: 'The text contains half of a surrogate pair.' },
    ]);
    expect(
      await issuesOf({ input: { name: 'ok', amount: 1, lines: [{ quantity: 1, 'x\0': 1 }] } }),
    ).toContainEqual({
      path: ['input', 'lines', 0],
      message: 'The text contains a NUL character.',
    });
  });

  test('[DV] the same in the document itself', async () => {
    for (const text of ['a\\u0000b', 'half \\ud83c']) {
      const reply = await gateway.ask(`{ echo(text: "${text}") }`);
      expect(reply).toMatchObject({ status: 400 });
      expect(['GRAPHQL_VALIDATION_FAILED', 'GRAPHQL_PARSE_FAILED']).toContain(reply.code);
    }
  });

  test('[DV] odd Unicode that can be stored arrives as it was sent', async () => {
    const text = '\u202eright to left\u200b \ufeff 🏃🏽‍♀️ e\u0301 \u2028 \x7f 你好';
    const reply = await gateway.ask(query, { variables: { text } });
    expect(reply.body.data).toEqual({ echo: JSON.stringify({ text }) });
  });

  test('[DV] a megabyte of text in the wrong place is not echoed', async () => {
    const variables = { list: ['x'.repeat(900_000)] };
    const reply = await gateway.ask(query, { variables });
    expect(reply).toMatchObject({ status: 400, code: 'BAD_USER_INPUT' });
    expect(reply.text.length).toBeLessThan(2_000);
  });

  test('[DV] a thousand faults are a short reply', async () => {
    expect(await issuesOf({ list: Array.from({ length: 1_000 }, () => 'x') })).toHaveLength(50);
  });

  test('[SM] a list that is too long is refused where it is, whatever is in it', async () => {
    const longer = (length: number) => Array.from({ length }, () => 1);
    expect(await issuesOf({ list: longer(1_001), text: 5 })).toEqual([
      { path: ['text'], message: 'String cannot represent a non string value: 5' },
      { path: ['list'], message: 'A list of 1001 members is too long; 1000 are allowed.' },
    ]);
    const lines = Array.from({ length: 100_000 }, () => 'x');
    expect(await issuesOf({ input: { name: 'a', amount: 1, lines } })).toEqual([
      { path: ['input', 'lines'], message: 'A list of 100000 members is too long; 1000 are allowed.' },
    ]);
    expect(await gateway.ask(query, { variables: { list: longer(1_000) } })).toMatchObject({ status: 200 });
  });

  test.each([
    ['declared', query, 'text'],
    ['not declared', 'mutation { add(number: 1) }', 'undeclared'],
    ['not declared beside one that is', 'mutation ($n: Int = 1) { add(number: $n) }', 'undeclared'],
  ])('[SM] a variable that is nested without end is refused, %s', async (_what, document, name) => {
    const facts = gateway.facts.length;
    for (const [open, close] of [
      ['[', ']'],
      ['{"a":', '}'],
    ] as const) {
      const deep = `${open.repeat(150_000)}1${close.repeat(150_000)}`;
      const reply = await gateway.send(
        `{"query":${JSON.stringify(document)},"variables":{"${name}":${deep}}}`,
        { accept: 'application/graphql-response+json', 'idempotency-key': 'deep-variable' },
      );
      expect(reply).toMatchObject({ status: 400, code: 'BAD_USER_INPUT' });
      expect(reply.body.errors?.[0]?.extensions.issues).toEqual([
        { path: [name], message: 'This is nested too deeply.' },
      ]);
    }
    expect(gateway.facts.length).toBe(facts);
  });

  test('[DV] a non-null variable with a default need not be given', async () => {
    const document = 'query ($number: Int! = 5) { twice(number: $number) }';
    for (let turn = 0; turn < 2; turn++) {
      expect(await gateway.ask(document)).toMatchObject({ status: 200, body: { data: { twice: 10 } } });
    }
    expect(await gateway.ask(document, { variables: { number: 2 } })).toMatchObject({
      body: { data: { twice: 4 } },
    });
    expect(await gateway.ask(document, { variables: { number: null } })).toMatchObject({
      status: 400,
      code: 'BAD_USER_INPUT',
    });
  });

  test('[DV] input as deep as a well is refused', async () => {
    const depth = 100_000;
    const deep = `${'['.repeat(depth)}${']'.repeat(depth)}`;
    const reply = await gateway.send(`{"query":${JSON.stringify(query)},"variables":{"list":${deep}}}`, {
      accept: 'application/graphql-response+json',
    });
    expect(reply).toMatchObject({ status: 400, code: 'BAD_USER_INPUT' });
  });

  test('[DV] a member named __proto__ is a member like others', async () => {
    const reply = await gateway.send(
      `{"query":${JSON.stringify(query)},"variables":{"__proto__":{"text":"x"},"input":{"name":"a","amount":1,"__proto__":{"color":"RED"}}}}`,
      { accept: 'application/graphql-response+json' },
    );
    expect(reply).toMatchObject({ status: 400, code: 'BAD_USER_INPUT' });
    const unused = await gateway.send(
      `{"query":${JSON.stringify(query)},"variables":{"__proto__":{"text":"x"}}}`,
    );
    expect(unused).toMatchObject({ status: 200, body: { data: { echo: '{}' } } });
  });

  test('[SM] a variable that the executors could not keep is refused', async () => {
    const reply = await gateway.send(
      `{"query":"query ($__proto__: Int) { items(first: $__proto__) { totalCount } }","variables":{"__proto__":1}}`,
      { accept: 'application/graphql-response+json' },
    );
    expect(reply).toMatchObject({ status: 400, code: 'GRAPHQL_VALIDATION_FAILED' });
  });

  test('[DV] defaults of variables and arguments are filled in', async () => {
    const withDefault = 'query ($text: String = "else") { echo(text: $text) }';
    expect((await gateway.ask(withDefault)).body.data).toEqual({ echo: '{"text":"else"}' });
    expect((await gateway.ask(withDefault, { variables: { text: null } })).body.data).toEqual({
      echo: '{"text":null}',
    });
  });

  test.each([
    ['an argument', 'query ($n: Int = 1) { twice(number: $n) }'],
    ['a member', 'query ($n: Int = 1) { echo(input: { name: "a", amount: $n }) }'],
    ['a list', 'query ($n: Int = 1) { echo(list: [$n]) }'],
    ['a directive', 'query ($n: Boolean = true) { hello @include(if: $n) }'],
    ['an argument in a fragment', 'query ($n: Int = 1) { ...F } fragment F on Query { twice(number: $n) }'],
  ])(
    '[DV] null is refused where a variable with a default would carry it into %s',
    async (_where, document) => {
      for (let turn = 0; turn < 2; turn++) {
        const reply = await gateway.ask(document, { variables: { n: null } });
        expect(reply).toMatchObject({ status: 400, code: 'BAD_USER_INPUT' });
        expect(reply.body.errors?.[0]?.extensions.issues).toEqual([
          { path: ['n'], message: 'This must not be null where it is used.' },
        ]);
        expect(await gateway.ask(document)).toMatchObject({ status: 200 });
      }
    },
  );

  test('[DV] a member whose variable was not given is left out, not null', async () => {
    const document =
      'query ($color: Color, $n: Int) { echo(input: { name: "a", amount: 1, color: $color }, list: [1], number: $n) }';
    for (let turn = 0; turn < 2; turn++) {
      const reply = await gateway.ask(document);
      expect(JSON.parse(String(reply.body.data?.echo))).toEqual({
        input: { name: 'a', amount: 1 },
        list: [1],
      });
    }
  });
});
