import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { modules } from '../../src/modules/index.ts';
import { DOORS, startGateway, type TestGateway } from '../support/gateway.ts';

/** What is asked for, wrong by a letter, and the name that GraphQL would suggest instead. */
const NEAR_MISSES: [what: string, query: string, suggested: string, variables?: object][] = [
  ['a field', '{ customrs { totalCount } }', 'customers'],
  ['a field of a type', '{ customers { totalCout } }', 'totalCount'],
  ['an argument', '{ customers(filtr: {}) { totalCount } }', 'filter'],
  ['an input field', '{ customers(filter: { serch: "x" }) { totalCount } }', 'search'],
  ['an enum value', '{ invoices(order: NEWES) { totalCount } }', 'NEWEST'],
  [
    'a type',
    'query Q($filter: CustomrFilter) { customers(filter: $filter) { totalCount } }',
    'CustomerFilter',
  ],
  ['a type of a fragment', '{ node(id: "x") { ... on Custmer { id } } }', 'Customer'],
  [
    'an enum value in a variable',
    'query Q($order: [InvoiceOrder!]) { invoices(order: $order) { totalCount } }',
    'NEWEST',
    { order: 'NEWES' },
  ],
  [
    'an input field in a variable',
    'query Q($filter: CustomerFilter) { customers(filter: $filter) { totalCount } }',
    'search',
    { filter: { serch: 'x' } },
  ],
];

/** Where a wrong document has a status of its own. */
const headers = { accept: 'application/graphql-response+json' };

describe.each(DOORS)('what production says of its schema (doors: %s)', (doors) => {
  let development: TestGateway;
  let production: TestGateway;
  beforeAll(async () => {
    development = await startGateway({ modules, tenants: ['north'], doors });
    production = await startGateway({ modules, mode: 'production', doors, tenants: ['north'] });
  });
  afterAll(async () => {
    await development[Symbol.asyncDispose]();
    await production[Symbol.asyncDispose]();
  });

  test.each(NEAR_MISSES)(
    '[SM] nothing is suggested instead of %s',
    async (_what, query, suggested, variables) => {
      const ask = { tenant: 'north', query, variables, headers };
      const told = await development.ask(ask);
      expect([told.status, told.text]).toEqual([400, expect.stringMatching(`Did you mean .*"${suggested}`)]);
      const silent = await production.ask(ask);
      expect([silent.status, silent.code]).toEqual([400, told.code]);
      expect(silent.text).not.toMatch(/did you mean/i);
      expect(silent.text).not.toMatch(new RegExp(`"${suggested}\\b|\\\\"${suggested}\\\\"`));
    },
  );

  test.each([
    ['the tools’ question', getIntrospectionQuery()],
    ['the types', '{ __schema { types { name } } }'],
    ['one type', '{ __type(name: "Customer") { fields { name } } }'],
    [
      'one type, in a fragment',
      'query { ...F } fragment F on Query { t: __type(name: "Customer") { name } }',
    ],
  ])('[SM] introspection is off: %s', async (_what, query) => {
    expect((await development.ask({ tenant: 'north', query, headers })).status).toBe(200);
    const reply = await production.ask({ tenant: 'north', query, headers });
    expect([reply.status, reply.code]).toEqual([400, 'GRAPHQL_VALIDATION_FAILED']);
    expect(reply.body.data).toBeUndefined();
  });

  test('[SM] a name of a type that is there already says nothing new: __typename works', async () => {
    const reply = await production.ask({ tenant: 'north', query: '{ __typename customers { __typename } }' });
    expect(reply.body.data).toEqual({ __typename: 'Query', customers: { __typename: 'CustomerConnection' } });
  });
});
