import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { modules } from '../../../src/modules/index.ts';
import { startGateway, type TestGateway } from '../../support/gateway.ts';

const DAY = 24 * 60 * 60 * 1000;
/** A day from now, as the gateway counts days. */
const day = (from: number) => new Date(Date.now() + from * DAY).toISOString().slice(0, 10);

describe('[DP] lists', () => {
  let gateway: TestGateway;
  let customers: Record<string, string>;
  beforeAll(async () => {
    gateway = await startGateway({ modules, tenants: ['north'] });
    await gateway.rows('north', seed);
    const { body } = await ask<{ customers: { nodes: { id: string; name: string }[] } }>(
      '{ customers { nodes { id name } } }',
    );
    customers = Object.fromEntries(body.data?.customers.nodes.map(({ id, name }) => [name, id]) ?? []);
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  const ask = <Data>(query: string, as = 'accountant') => gateway.ask<Data>({ tenant: 'north', as, query });

  interface Listed {
    readonly totalCount: number;
    readonly nodes: readonly Record<string, string>[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
  }
  const NAME: Readonly<Record<string, string>> = {
    invoices: 'note',
    customers: 'name',
    payments: 'reference',
  };

  /** The names in a list, a page of two at a time, and its count. */
  async function list(field: string, args: string, as = 'accountant') {
    const name = NAME[field] ?? 'id';
    const names: string[] = [];
    let count = 0;
    for (let after = ''; ; ) {
      const reply = await ask<Record<string, Listed>>(
        `{ ${field}(first: 2 ${args} ${after && `after: "${after}"`}) {
          totalCount nodes { ${name} } pageInfo { hasNextPage endCursor } } }`,
        as,
      );
      const page = reply.body.data?.[field];
      if (!page) throw new Error(reply.text);
      // However it is filtered and ordered: a statement for the field, and nothing besides.
      expect((await gateway.logLine(reply)).statements).toBe(1);
      names.push(...page.nodes.map((node) => String(node[name])));
      count = page.totalCount;
      if (!page.pageInfo.hasNextPage) break;
      after = page.pageInfo.endCursor;
    }
    expect(names).toHaveLength(count);
    return names.join(' ');
  }

  test.each([
    ['', 'late paid soon gone draft'],
    ['filter: { status: [ISSUED] }', 'late soon'],
    ['filter: { overdue: true }', 'late'],
    ['filter: { overdue: false }', 'paid soon gone draft'],
    [`filter: { dueFrom: "${day(1)}" }`, 'soon'],
    [`filter: { dueBefore: "${day(1)}" }`, 'late paid gone'],
    [`filter: { issuedFrom: "${day(-40)}", issuedBefore: "${day(-9)}" }`, 'paid soon'],
    ['filter: { grossFrom: 200, grossTo: 299 }', 'paid'],
    ['filter: { currency: "CHF" }', 'soon'],
    ['filter: { search: "2026-000" }', 'late paid soon gone'],
    ['filter: { search: "2026_000" }', ''],
    ['filter: { status: [ISSUED], overdue: true, currency: "CHF" }', ''],
    ['filter: {}, order: OLDEST', 'gone soon paid late draft'],
    ['order: DUE_FIRST', 'gone late paid soon draft'],
    ['order: DUE_LAST', 'soon paid late gone draft'],
    ['order: [LARGEST, NUMBER]', 'soon late paid gone draft'],
    ['order: [SMALLEST, NEWEST]', 'draft gone paid late soon'],
    ['order: NUMBER', 'gone soon paid late draft'],
  ])('[DP] of invoices: %s', async (args, names) => {
    expect(await list('invoices', args)).toBe(names);
  });

  test('[DP] of invoices of a customer, at the root and at the customer, with counts', async () => {
    expect(await list('invoices', `filter: { customerId: "${customers.Anna}" }`)).toBe('late soon draft');
    const { body } = await ask(`{ customer(id: "${customers.Anna}") {
      all: invoiceCount  overdue: invoiceCount(filter: { overdue: true })  large: invoiceCount(filter: { grossFrom: 300 })
      invoices(filter: { status: [ISSUED] }, order: [DUE_LAST]) { totalCount nodes { note paymentCount
        failed: paymentCount(filter: { status: [FAILED] }) payments { reference } } } } }`);
    expect(body.data).toEqual({
      customer: {
        all: 3,
        overdue: 1,
        large: 2,
        invoices: {
          totalCount: 2,
          nodes: [
            { note: 'soon', paymentCount: 0, failed: 0, payments: [] },
            { note: 'late', paymentCount: 2, failed: 1, payments: [{ reference: 'part' }] },
          ],
        },
      },
    });
  });

  test.each([
    ['', 'Anna Bela Carl'],
    ['filter: { search: "A" }', 'Anna Bela Carl'],
    ['filter: { search: "zürich" }', 'Anna Carl'],
    ['filter: { search: "%" }', ''],
    ['filter: { country: ["AT"] }', 'Bela'],
    ['filter: { country: [] }', ''],
    ['filter: { createdFrom: "2026-01-02T00:00:00Z" }', 'Bela Carl'],
    ['filter: { createdFrom: "2026-01-02T00:00:00Z", createdBefore: "2026-01-03T00:00:00Z" }', 'Bela'],
    ['order: [CITY, NEWEST]', 'Bela Carl Anna'],
    ['order: [COUNTRY, OLDEST]', 'Bela Anna Carl'],
    ['order: NEWEST', 'Carl Bela Anna'],
  ])('[DP] of customers: %s', async (args, names) => {
    expect(await list('customers', args)).toBe(names);
  });

  test.each([
    ['', 'refused full part'],
    ['order: OLDEST', 'part full refused'],
    ['order: [LARGEST, OLDEST]', 'full refused part'],
    ['order: SMALLEST', 'part refused full'],
    ['filter: { status: [SUCCEEDED] }', 'full part'],
    ['filter: { receivedFrom: "2026-02-01" }', 'full'],
    ['filter: { receivedBefore: "2026-02-01" }', 'part'],
    ['filter: { amountFrom: 100, amountTo: 150 }', 'refused'],
  ])('[DP] of payments: %s', async (args, names) => {
    expect(await list('payments', args)).toBe(names);
  });

  test.each([
    ['', 'late paid soon gone'],
    ['filter: { status: [DRAFT] }', ''],
    ['filter: { overdue: false }', 'paid soon gone'],
    ['filter: { search: "draft" }', ''],
    ['order: SMALLEST', 'gone paid late soon'],
  ])('[AZ] who may see no draft finds none by a filter or an order: %s', async (args, names) => {
    expect(await list('invoices', args, 'viewer')).toBe(names);
    const { body } = await ask(
      `{ customer(id: "${customers.Anna}") { invoiceCount(filter: { status: [DRAFT] }) } }`,
      'viewer',
    );
    expect(body.data).toEqual({ customer: { invoiceCount: 0 } });
  });

  test.each([
    'invoices(order: [NEWEST, NEWEST, NEWEST, NEWEST, NEWEST, NEWEST, NEWEST, NEWEST])',
    'invoices(filter: { search: " " })',
    'invoices(filter: { dueBefore: "tomorrow" })',
    'invoices(filter: { customerId: "nobody" })',
    'payments(filter: { amountFrom: 1e30 })',
  ])('[DV] what makes no sense is refused: %s', async (field) => {
    const reply = await ask(`{ ${field} { nodes { id } } }`);
    expect(reply.status).toBe(400);
    expect(reply.body.errors?.length).toBeGreaterThan(0);
  });

  test.each([
    ['invoice', 'order by issued_on desc nulls last, created_at desc, id', 'invoice_newest'],
    ['invoice', 'order by due_on, id', 'invoice_due'],
    ['invoice', `where status in ('issued') order by due_on, id`, 'invoice_status_due'],
    ['customer', 'order by name, id', 'customer_name'],
    ['payment', 'order by received_on desc nulls first, created_at desc, id', 'payment_newest'],
  ])('[DP PR] a page of %s %s is read in the order of an index', async (table, query, index) => {
    const client = new pg.Client({ connectionString: gateway.database.adminUrl });
    await client.connect();
    try {
      await client.query(
        `set search_path = ${gateway.tenants.north}; set enable_seqscan = off; set enable_bitmapscan = off`,
      );
      const { rows } = await client.query(`explain (costs off) select id from ${table} ${query} limit 20`);
      const plan = JSON.stringify(rows);
      expect(plan).toContain(index);
      expect(plan).not.toContain('Sort');
    } finally {
      await client.end();
    }
  });

  /** Five invoices of two customers, named by their notes, and the payments of two of them. */
  const seed = `
    set session_replication_role = replica;
    insert into customer (id, name, street, postal_code, city, country, created_at) values
      ('00000000-0000-7000-8000-000000000001', 'Anna', 's', '1', 'Zürich', 'CH', '2026-01-01T12:00:00Z'),
      ('00000000-0000-7000-8000-000000000002', 'Bela', 's', '1', 'Wien', 'AT', '2026-01-02T12:00:00Z'),
      ('00000000-0000-7000-8000-000000000003', 'Carl', 's', '1', 'Zürich', 'CH', '2026-01-03T12:00:00Z');
    insert into invoice (id, customer_id, note, number, status, currency, issued_on, due_on, gross, created_at) values
      ('00000000-0000-7000-8000-000000000011', '00000000-0000-7000-8000-000000000001', 'late', '2026-0004', 'issued', 'EUR', '${day(-5)}', '${day(-2)}', 300, now()),
      ('00000000-0000-7000-8000-000000000012', '00000000-0000-7000-8000-000000000002', 'paid', '2026-0003', 'paid', 'EUR', '${day(-10)}', '${day(-1)}', 200, now()),
      ('00000000-0000-7000-8000-000000000013', '00000000-0000-7000-8000-000000000001', 'soon', '2026-0002', 'issued', 'CHF', '${day(-30)}', '${day(2)}', 300, now()),
      ('00000000-0000-7000-8000-000000000014', '00000000-0000-7000-8000-000000000002', 'gone', '2026-0001', 'void', 'EUR', '${day(-50)}', '${day(-20)}', 100, now()),
      ('00000000-0000-7000-8000-000000000015', '00000000-0000-7000-8000-000000000001', 'draft', null, 'draft', 'EUR', null, null, 50, now());
    insert into payment (id, invoice_id, amount, received_on, reference, status, created_at) values
      ('00000000-0000-7000-8000-000000000021', '00000000-0000-7000-8000-000000000011', 90, '2026-01-15', 'part', 'succeeded', now()),
      ('00000000-0000-7000-8000-000000000022', '00000000-0000-7000-8000-000000000011', 110, null, 'refused', 'failed', now()),
      ('00000000-0000-7000-8000-000000000023', '00000000-0000-7000-8000-000000000012', 200, '2026-02-15', 'full', 'succeeded', now());
    set session_replication_role = origin`;
});
