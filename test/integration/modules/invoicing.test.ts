import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { modules } from '../../../src/modules/index.ts';
import {
  CREATE_CUSTOMER,
  CREATE_DRAFT,
  CUSTOMER_ACCOUNT,
  DELETE_INVOICE,
  INVOICE,
  INVOICE_PAGE,
  ISSUE_INVOICE,
  RECORD_PAYMENT,
  RENAME_CUSTOMER,
  VOID_INVOICE,
} from '../../client/documents.ts';
import { execute } from '../../client/execute.ts';
import type { InvoicePageQuery, TypedDocumentString } from '../../client/gql/graphql.ts';
import { startGateway, type TestGateway } from '../../support/gateway.ts';

describe('invoicing', () => {
  let gateway: TestGateway;
  let customer: string;
  beforeAll(async () => {
    gateway = await startGateway({ modules });
    customer = await createCustomer('Alpenblick Bakery');
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  const ask = (query: string, variables: object = {}, as = 'accountant') =>
    gateway.ask({ tenant: 'north', as, query, variables });
  const run = <Result, Variables>(
    document: TypedDocumentString<Result, Variables>,
    variables: Variables,
    as = 'accountant',
  ) => execute(gateway, document, variables, { tenant: 'north', as });
  /** The data of an operation that must succeed. */
  async function ok<Result, Variables>(
    document: TypedDocumentString<Result, Variables>,
    variables: Variables,
  ): Promise<Result> {
    const { body } = await run(document, variables);
    expect(body.errors).toBeUndefined();
    if (!body.data) throw new Error('There is no data in the reply.');
    return body.data;
  }
  const createCustomer = async (name: string) =>
    (await ok(CREATE_CUSTOMER, { name })).createCustomer.customer.id;
  const createDraft = async () => (await ok(CREATE_DRAFT, { customerId: customer })).createInvoice.invoice.id;
  const issue = (id: string) => run(ISSUE_INVOICE, { input: { id } });

  test('[BL] a draft has totals and taxes in minor units, and no number', async () => {
    const { body } = await run(CREATE_DRAFT, { customerId: customer });
    expect(body).toEqual({
      data: {
        createInvoice: {
          invoice: {
            id: expect.any(String),
            status: 'DRAFT',
            number: null,
            net: { amount: 2049, currency: 'EUR' },
            tax: { amount: 264 },
            gross: { amount: 2313 },
            lines: [
              { position: 1, description: 'Work', net: 999, tax: 190 },
              { position: 2, description: 'Books', net: 1050, tax: 74 },
            ],
          },
        },
      },
    });
  });

  test('[BL] a draft for a customer who is not there is refused, and nothing is kept', async () => {
    const before = await ask('{ invoices { totalCount } }');
    const nobody = Buffer.from('Customer:01900000-0000-7000-8000-000000000000').toString('base64url');
    const { status, body } = await run(CREATE_DRAFT, { customerId: nobody });
    expect({ status, ...body }).toMatchObject({
      status: 404,
      data: null,
      errors: [{ message: 'There is no such customer.', extensions: { code: 'NOT_FOUND' } }],
    });
    expect((await ask('{ invoices { totalCount } }')).body).toEqual(before.body);
  });

  test('[BL SL] an invoice goes from draft over issued to paid', async () => {
    const id = await createDraft();
    const issued = await issue(id);
    expect(issued.body.data).toEqual({
      issueInvoice: {
        invoice: {
          number: expect.stringMatching(/^\d{4}-\d{4}$/),
          status: 'ISSUED',
          issuedOn: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
          dueOn: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
        },
      },
    });
    const part = await run(RECORD_PAYMENT, { invoiceId: id, amount: 2000 });
    expect(part.body.data).toMatchObject({ recordPayment: { payment: { invoice: { status: 'ISSUED' } } } });
    const tooMuch = await run(RECORD_PAYMENT, { invoiceId: id, amount: 314 });
    expect([tooMuch.status, tooMuch.code]).toEqual([409, 'OVERPAYMENT']);
    const rest = await run(RECORD_PAYMENT, { invoiceId: id, amount: 313 });
    expect(rest.body.data).toEqual({
      recordPayment: {
        payment: { amount: 313, invoice: { status: 'PAID', payments: [{ amount: 2000 }, { amount: 313 }] } },
      },
    });
  });

  test.each([
    ['issue', (id: string) => issue(id)],
    ['delete', (id: string) => run(DELETE_INVOICE, { input: { id } })],
  ])('[BL] an issued invoice can not be changed: %s', async (_what, change) => {
    const id = await createDraft();
    await issue(id);
    const reply = await change(id);
    expect([reply.status, reply.code]).toEqual([409, 'INVOICE_NOT_DRAFT']);
  });

  test('[BL] a draft can not be voided, an issued invoice can, and then not be paid', async () => {
    const id = await createDraft();
    const cancel = () => run(VOID_INVOICE, { input: { id } });
    expect((await cancel()).code).toBe('INVOICE_NOT_ISSUED');
    await issue(id);
    expect((await cancel()).body.data).toEqual({ voidInvoice: { invoice: { status: 'VOID' } } });
    expect((await run(RECORD_PAYMENT, { invoiceId: id, amount: 1 })).code).toBe('INVOICE_NOT_ISSUED');
  });

  test('[BL] a deleted draft is gone, with its lines', async () => {
    const id = await createDraft();
    expect(await ok(DELETE_INVOICE, { input: { id } })).toEqual({ deleteInvoice: { deletedInvoiceId: id } });
    expect(await ok(INVOICE, { id })).toEqual({ invoice: null, node: null });
  });

  test('[BL DO] numbers have no gaps under sixteen concurrent writers, some of whom fail', async () => {
    const ids = await Promise.all(Array.from({ length: 48 }, () => createDraft()));
    const failing = `mutation Fail($input: IssueInvoiceInput!) {
      issueInvoice(input: $input) { invoice { id } }
      again: issueInvoice(input: $input) { invoice { id } }
    }`;
    const queue = ids.map((id, index) => ({
      id,
      query: index % 4 === 0 ? failing : ISSUE_INVOICE.toString(),
    }));
    const writer = async () => {
      for (let next = queue.pop(); next; next = queue.pop()) {
        const { status } = await ask(next.query, { input: { id: next.id } });
        expect(status).toBe(next.query === failing ? 409 : 200);
      }
    };
    await Promise.all(Array.from({ length: 16 }, writer));
    const numbers = await gateway.rows<{ number: string }>(
      'north',
      'select number from invoice where number is not null order by number',
    );
    const year = new Date().getUTCFullYear();
    expect(numbers.map(({ number }) => number)).toEqual(
      numbers.map((_row, index) => `${year}-${String(index + 1).padStart(4, '0')}`),
    );
    expect(numbers.length).toBeGreaterThanOrEqual(36);
  });

  test('[DV] all faults of an input are named at once', async () => {
    const query = `mutation Bad($customerId: ID!) {
      createInvoice(input: { customerId: $customerId, currency: "EUR", paymentDays: 1000, lines: [
        { description: " ", quantity: 0, unitPrice: -1, taxRate: 20000 }
      ] }) { invoice { id } }
    }`;
    const reply = await ask(query, { customerId: customer });
    expect([reply.status, reply.code]).toEqual([400, 'BAD_USER_INPUT']);
    const issues = reply.body.errors?.flatMap(({ extensions }) => extensions?.issues ?? []) ?? [];
    expect(issues.map(({ path }) => path.join('.')).sort()).toEqual([
      'input.lines.0.description',
      'input.lines.0.quantity',
      'input.lines.0.taxRate',
      'input.lines.0.unitPrice',
      'input.paymentDays',
    ]);
  });

  test('[DO] a customer with invoices and their lines is one statement', async () => {
    const reply = await run(CUSTOMER_ACCOUNT, { id: customer });
    expect(reply.body.errors).toBeUndefined();
    expect(await gateway.logLine(reply)).toMatchObject({ statements: 1 });
  });

  test('[DO] a page that could have thousands of invoices is two statements of one snapshot', async () => {
    await createDraft();
    const reply = await ask(
      '{ customers(first: 60) { nodes { id name invoices(first: 20) { totalCount nodes { customer { id } } } } } }',
    );
    expect(reply.body.errors).toBeUndefined();
    const { nodes } = (reply.body.data as { customers: { nodes: CustomerWithInvoices[] } }).customers;
    const here = nodes.find(({ id }) => id === customer);
    expect(here?.invoices.totalCount).toBeGreaterThan(0);
    for (const { id, invoices } of nodes) {
      expect(invoices.nodes.every((invoice) => invoice.customer.id === id)).toBe(true);
    }
    expect(await gateway.logLine(reply)).toMatchObject({ statements: 2 });
  });

  test('[SC] an update from an old version is refused', async () => {
    const id = await createCustomer('Optimist Studio');
    const rename = (name: string) => run(RENAME_CUSTOMER, { id, version: 1, name });
    expect((await rename('First')).body.data).toEqual({
      updateCustomer: { customer: { name: 'First', version: 2 } },
    });
    const late = await rename('Second');
    expect([late.status, late.code]).toEqual([409, 'CONFLICT']);
  });

  test('[AZ] a viewer reads and does not write', async () => {
    const reply = await run(CREATE_DRAFT, { customerId: customer }, 'viewer');
    expect([reply.status, reply.code]).toEqual([403, 'FORBIDDEN']);
    expect((await ask('{ customers { nodes { name } } }', {}, 'viewer')).status).toBe(200);
  });

  test('[AZ] a viewer sees no draft: root, nested, counts, nodes, payments, and neither through filter nor order', async () => {
    const draft = await createDraft();
    const query = `query Probe($draft: ID!, $customer: ID!) {
      invoice(id: $draft) { id }
      node(id: $draft) { id }
      nodes(ids: [$draft]) { id }
      invoices(first: 100) { totalCount nodes { status } }
      drafts: invoices(filter: { status: [DRAFT] }) { totalCount nodes { id } pageInfo { hasNextPage } }
      oldest: invoices(first: 100, order: DUE_FIRST) { nodes { status } }
      customer(id: $customer) { invoiceCount invoices(first: 100) { totalCount nodes { status } } }
      drafted: customer(id: $customer) { invoices(filter: { status: [DRAFT] }) { totalCount } }
    }`;
    const seen = async (as: string) => (await ask(query, { draft, customer }, as)).body;
    const owner: Record<string, unknown> = (await seen('owner')).data ?? {};
    expect(owner).toMatchObject({ invoice: { id: draft }, node: { id: draft } });
    const viewer = await seen('viewer');
    expect(viewer.errors).toBeUndefined();
    expect(viewer.data).toMatchObject({
      invoice: null,
      node: null,
      nodes: [null],
      drafts: { totalCount: 0, nodes: [], pageInfo: { hasNextPage: false } },
      drafted: { invoices: { totalCount: 0 } },
    });
    expect(JSON.stringify(viewer)).not.toContain('DRAFT');
  });

  test.each([
    ['a forged global id', { id: 'bm9uc2Vuc2U' }, 400],
    [
      'the id of another type',
      { id: Buffer.from('Customer:0190aaaa-0000-7000-8000-000000000000').toString('base64url') },
      400,
    ],
  ])('[DV] %s is refused', async (_what, variables, status) => {
    const reply = await ask('query I($id: ID!) { invoice(id: $id) { id } }', variables);
    expect(reply.code).toBe('BAD_USER_INPUT');
    expect(reply.text).not.toMatch(/uuid|syntax|SELECT/);
    expect([200, status]).toContain(reply.status);
  });

  test.each(['constructor', '__proto__', 'InvoiceLine', 'String', 'Nothing'])(
    '[DV] the id of a type that has none is refused, and fills no log: %s',
    async (type) => {
      const id = Buffer.from(`${type}:1`).toString('base64url');
      const reply = await ask('query N($id: ID!) { node(id: $id) { id } nodes(ids: [$id]) { id } }', { id });
      expect(reply.body.errors?.map(({ extensions }) => extensions?.code)).toContain('BAD_USER_INPUT');
      expect(reply.text).not.toContain('INTERNAL');
      const logged = gateway.log.filter(({ requestId }) => requestId === reply.headers['x-request-id']);
      expect(logged.map(({ msg }) => msg)).not.toContain('unexpected error');
    },
  );

  test('[DV] a key that is none finds nothing, and harms no field beside it', async () => {
    const id = Buffer.from('Invoice:1 or 1=1').toString('base64url');
    const query =
      'query I($id: ID!) { invoice(id: $id) { id } node(id: $id) { id } customers { totalCount } }';
    const reply = await ask(query, { id });
    expect(reply.body).toEqual({
      data: { invoice: null, node: null, customers: { totalCount: expect.any(Number) } },
    });
  });

  test('[DP] an invoice shows all the lines that it can have', async () => {
    const lines = Array.from({ length: 150 }, (_, index) => ({
      description: `line ${index}`,
      quantity: 1,
      unitPrice: 100,
      taxRate: 0,
    }));
    const query = `mutation Long($customerId: ID!, $lines: [InvoiceLineInput!]!) {
      createInvoice(input: { customerId: $customerId, currency: "EUR", lines: $lines }) {
        invoice { net { amount } lines { position } }
      }
    }`;
    const { body } = await ask(query, { customerId: customer, lines });
    expect(body.data).toMatchObject({ createInvoice: { invoice: { net: { amount: 15_000 } } } });
    expect(JSON.stringify(body).match(/"position"/g)).toHaveLength(150);
  });

  test('[TI] an id of another tenant finds nothing', async () => {
    const id = await createDraft();
    const reply = await execute(gateway, INVOICE, { id }, { tenant: 'south' });
    expect(reply.body).toEqual({ data: { invoice: null, node: null } });
  });

  test.each([
    ['first: -1'],
    ['first: 1000000'],
    ['last: 0, first: 5'],
    ['first: 5, after: "forged"'],
    ['first: 5, after: "W10"'],
  ])('[SM DV] a page that can not be is refused: %s', async (page) => {
    const reply = await ask(`{ invoices(${page}) { nodes { id } } }`);
    expect(reply.body.errors?.length).toBeGreaterThan(0);
    expect(['BAD_USER_INPUT', 'LIMIT_EXCEEDED']).toContain(reply.code);
    expect(reply.text).not.toMatch(/select|syntax/i);
  });

  test('[DP] pages follow one another without a gap, with drafts that have no date at the end', async () => {
    const seen: string[] = [];
    let after: string | null = null;
    let total = 0;
    do {
      const { invoices }: InvoicePageQuery = await ok(INVOICE_PAGE, { first: 7, after });
      seen.push(...invoices.nodes.map(({ id }) => id));
      total = invoices.totalCount;
      after = invoices.pageInfo.hasNextPage ? invoices.pageInfo.endCursor : null;
    } while (after);
    expect(seen).toHaveLength(total);
    expect(new Set(seen).size).toBe(total);
  });
});

interface CustomerWithInvoices {
  readonly id: string;
  readonly invoices: {
    readonly totalCount: number;
    readonly nodes: readonly { readonly customer: { readonly id: string } }[];
  };
}
