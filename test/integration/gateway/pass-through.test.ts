import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { documents } from '../../../packages/pothos-mikro-orm/test/text/documents.ts';
import { encodeGlobalId } from '../../../src/graphql/global-id.ts';
import { modules } from '../../../src/modules/index.ts';
import { type Ask, DOORS, type Doors, ROLES, startGateway, type TestGateway } from '../../support/gateway.ts';
import { customerKey, fill, invoiceKey, ODD_CUSTOMER } from './pass-through-data.ts';

const customer = (n: number) => encodeGlobalId('Customer', customerKey(n));
const invoice = (n: number) => encodeGlobalId('Invoice', invoiceKey(n));

const given = {
  'Query.customer': [
    `(id: "${customer(1)}")`,
    `(id: "${encodeGlobalId('Customer', ODD_CUSTOMER)}")`,
    '(id: "x")',
  ],
  'Query.invoice': [`(id: "${invoice(1)}")`, `(id: "${invoice(4)}")`, `(id: "${invoice(999)}")`],
  'Query.invoices': [
    '',
    '(first: 3)',
    '(last: 4, order: DUE_FIRST)',
    '(first: 5, filter: { status: [PAID] })',
    '(first: 999)',
  ],
  'Query.customers': ['', '(first: 4)', '(first: 4, filter: { search: "a" })'],
  'Customer.invoices': ['', '(first: 2)', '(last: 1, order: NEWEST)'],
  'Query.node': [`(id: "${invoice(2)}")`],
};

/** The requests that the benchmark measures, as far as they read. */
const MEASURED = {
  'one invoice by id': `{ invoice(id: "${invoice(1)}") { id number status issuedOn dueOn gross { amount currency } customer { id name } } }`,
  'twenty invoices with customer and lines':
    '{ invoices(first: 20) { nodes { id number status gross { amount currency } customer { id name } lines { position description quantity unitPrice net tax } } } }',
  'a filtered, ordered, counted page':
    'query ($n: Int!) { invoices(first: $n, filter: { status: [ISSUED, PAID] }, order: DUE_FIRST) { totalCount edges { cursor node { id number dueOn gross { amount } customer { name } } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }',
  'invoices with customer, lines and payments': `{ invoices(first: 5) { nodes { number customer { name country } lines { description net } payments { amount receivedOn reference } } } }`,
};

/** What a reply is compared by. */
const seen = ({ status, text, headers }: Awaited<ReturnType<TestGateway['ask']>>) => ({
  status,
  text,
  type: headers['content-type'],
  length: headers['content-length'],
});

/**
 * The same for random documents: the bytes of the data, and the errors. Those of several fields come in no order; and
 * where one leaves no data at all, which others were seen before, and so the status, is a matter of time.
 */
function comparable({ status, text, type }: ReturnType<typeof seen>) {
  const { data, errors = [] }: { data?: unknown; errors?: object[] } = JSON.parse(text);
  const bytes = text.slice(text.indexOf('"data":'));
  if (data === null && errors.length > 0) return { type, bytes };
  return {
    status,
    type,
    bytes: data === undefined ? text : bytes,
    errors: errors.map((error) => JSON.stringify(error)).sort(),
  };
}

interface Pair {
  readonly resolved: TestGateway;
  readonly passing: TestGateway;
}

/** Two gateways over the same rows. */
async function startPair(doors: Doors): Promise<Pair> {
  const settings = {
    INSULA_MAX_COST: '1000000',
    INSULA_MAX_DEPTH: '30',
    INSULA_MAX_ALIASES: '500',
    INSULA_MAX_DIRECTIVES: '500',
  };
  const options = { modules, tenants: ['north'], doors, settings };
  const resolved = await startGateway({ ...options, passThrough: false });
  return { resolved, passing: await startGateway({ ...options, beside: resolved }) };
}

/** How often the gateway took which way. */
async function counted({ send }: TestGateway, outcome: string): Promise<number> {
  const { text } = await send({ method: 'GET', path: '/metrics', host: 'localhost', body: '' });
  return Number(
    new RegExp(`insula_pass_through_total\\{outcome="${outcome}"\\} (\\d+)`).exec(text)?.[1] ?? 0,
  );
}

describe.each(DOORS)('a reply that the database wrote (doors: %s)', (doors) => {
  let pair: Pair;
  beforeAll(async () => {
    pair = await startPair(doors);
    await fill(pair.resolved, 'north');
  });
  afterAll(async () => {
    await pair.passing[Symbol.asyncDispose]();
    await pair.resolved[Symbol.asyncDispose]();
  });

  /** Both replies, to the same request. */
  async function both(ask: Omit<Ask, 'tenant'>) {
    const request = { tenant: 'north', headers: { 'x-request-id': 'the-same-id' }, ...ask };
    const [passed, resolved] = await Promise.all([pair.passing.ask(request), pair.resolved.ask(request)]);
    return { passed: seen(passed), resolved: seen(resolved) };
  }

  test.each(Object.entries(MEASURED))('[RG] is used for the whole of: %s', async (_name, query) => {
    const before = await counted(pair.passing, 'whole');
    const { passed, resolved } = await both({ query, variables: query.includes('$n') ? { n: 7 } : {} });
    expect(passed).toEqual(resolved);
    expect(resolved.status).toBe(200);
    expect(resolved.text).not.toContain('"errors"');
    expect(await counted(pair.passing, 'whole')).toBe(before + 1);
    expect(await counted(pair.resolved, 'whole')).toBe(0);
  });

  test.each([
    [
      'beside fields that need resolvers',
      '{ invoices(first: 2) { nodes { id } } viewer { subject } a: invoice(id: "x") { id } }',
      'part',
    ],
    [
      'under conditions',
      '{ invoices(first: 2) { nodes { id @skip(if: true) number @include(if: true) } } viewer @skip(if: true) { subject } }',
      'part',
    ],
    ['where a field is null', `{ invoice(id: "${invoice(999)}") { id } }`, 'whole'],
    ['where an argument is refused', '{ customers(filter: { search: " " }) { nodes { id } } }', 'whole'],
    ['where a cursor is forged', '{ invoices(after: "bm9uZQ") { nodes { id } } }', 'whole'],
  ])('[RG EH] has the same bytes %s', async (_when, query, outcome) => {
    const before = await counted(pair.passing, outcome);
    const { passed, resolved } = await both({ query });
    expect(passed).toEqual(resolved);
    expect(await counted(pair.passing, outcome)).toBe(before + 1);
  });

  test('[RG EH] gives way to the scalar where a value is one that it refuses', async () => {
    const before = await counted(pair.passing, 'abandoned');
    const query = `{ customer(id: "${encodeGlobalId('Customer', ODD_CUSTOMER)}") { name email createdAt } }`;
    const { passed, resolved } = await both({ query });
    expect(passed).toEqual(resolved);
    expect(resolved.text).toContain('INTERNAL');
    expect(await counted(pair.passing, 'abandoned')).toBe(before + 1);
  });

  test('[DS] never carries what is encrypted', async () => {
    const before = await counted(pair.passing, 'whole');
    const { passed, resolved } = await both({ query: '{ customers(first: 3) { nodes { name taxId } } }' });
    expect(passed).toEqual(resolved);
    expect(await counted(pair.passing, 'whole')).toBe(before);
  });

  test.each(['application/json', 'application/graphql-response+json', 'text/event-stream', '*/*'])(
    '[RC] is framed as any other for a client that accepts %s',
    async (accept) => {
      const query = '{ invoices(first: 2) { nodes { id note } } }';
      const { passed, resolved } = await both({ query, headers: { accept, 'x-request-id': 'the-same-id' } });
      expect(passed).toEqual(resolved);
    },
  );

  test('[AZ RG] has status and bytes of the resolved one, for every role and random documents', {
    timeout: 90_000,
  }, async () => {
    const { schema } = pair.passing.gateway;
    const property = fc.asyncProperty(
      documents(schema, { given, without: new Set(['Query.auditEvents']) }),
      fc.constantFrom(...ROLES),
      async (query, as) => {
        const { passed, resolved } = await both({ query, as });
        expect(comparable(passed)).toEqual(comparable(resolved));
      },
    );
    await fc.assert(property, { numRuns: Number(process.env.EXACTNESS_RUNS ?? 120) });
    for (const outcome of ['whole', 'part']) expect(await counted(pair.passing, outcome)).toBeGreaterThan(0);
  });

  test('[RL] leaves the same line in the request log', async () => {
    const query = '{ invoices(first: 2) { nodes { id lines { net } } } }';
    const lines = await Promise.all(
      [pair.passing, pair.resolved].map(async (gateway) => {
        const line = await gateway.logLine(await gateway.ask({ tenant: 'north', query }));
        const { requestId, time, duration, databaseTime, pid, ...rest } = line;
        return {
          rest,
          known: [requestId, time, duration, databaseTime, pid].every((value) => value !== undefined),
        };
      }),
    );
    expect(lines[0]).toEqual(lines[1]);
    expect(lines[0]?.rest).toMatchObject({ status: 200, outcome: 'ok', statements: 1 });
  });
});
