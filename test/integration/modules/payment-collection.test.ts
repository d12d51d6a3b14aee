import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Module } from '../../../src/module.ts';
import { createModules, modules as withoutProvider } from '../../../src/modules/index.ts';
import { paymentProviderOf } from '../../../src/modules/payments/index.ts';
import { subscribe } from '../../support/event-stream.ts';
import { startGateway, type TestGateway } from '../../support/gateway.ts';
import {
  type Mishap,
  type Step,
  startPaymentProvider,
  type TestPaymentProvider,
} from '../../support/payment-provider.ts';
import { emptied, outbox, startTestWorker, until } from '../jobs/worker.ts';

interface Payment {
  readonly id: string;
  readonly amount: number;
  readonly status: 'PENDING' | 'PROCESSING' | 'SUCCEEDED' | 'FAILED';
  readonly receivedOn: string | null;
  readonly failure: string | null;
  readonly invoice: { readonly id: string; readonly status: string };
}

const FIELDS = 'id amount status receivedOn failure invoice { id status }';
const REQUEST = `mutation Request($invoiceId: ID!, $amount: SafeInt, $method: String!) {
  requestPayment(input: { invoiceId: $invoiceId, amount: $amount, paymentMethod: $method }) { payment { ${FIELDS} } }
}`;

let provider: TestPaymentProvider;
let modules: readonly Module[];
let gateway: TestGateway;
let customer: string;
beforeAll(async () => {
  // It answers nothing before every transaction of the database is over: a job that held one would wait in vain.
  provider = await startPaymentProvider(() =>
    until('the end of every transaction', async () => (await countOpenTransactions()) === 0, 3_000),
  );
  modules = createModules({
    provider: await paymentProviderOf({ STRIPE_SECRET_KEY: 'sk_test_secret', STRIPE_API_URL: provider.url }),
  });
  gateway = await startGateway({ modules });
  customer = await idOf(
    `mutation { made: createCustomer(input: { name: "Mill", street: "a 1", postalCode: "1", city: "b", country: "CH" }) {
      it: customer { id } } }`,
  );
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await provider.close();
});
beforeEach(async () => {
  await gateway.rows('north', 'truncate insula.outbox');
  provider.reset();
});

async function countOpenTransactions(): Promise<number> {
  const [row] = await gateway.rows<{ open: number }>(
    'north',
    `select count(*)::int as open from pg_stat_activity
     where datname = current_database() and state like 'idle in transaction%'`,
  );
  return row?.open ?? -1;
}

const ask = <Data>(query: string, variables: object = {}, as = 'accountant') =>
  gateway.ask<Data>({ tenant: 'north', as, query, variables });

async function idOf(query: string, variables: object = {}): Promise<string> {
  const { body, text } = await ask<{ made: { it: { id: string } } }>(query, variables);
  if (!body.data) throw new Error(text);
  return body.data.made.it.id;
}

/** An issued invoice over 100. @returns its global id */
async function issued(): Promise<string> {
  const id = await idOf(
    `mutation Draft($customerId: ID!) { made: createInvoice(input: { customerId: $customerId, currency: "EUR",
      lines: [{ description: "Work", quantity: 1, unitPrice: 100, taxRate: 0 }] }) { it: invoice { id } } }`,
    { customerId: customer },
  );
  await idOf('mutation Issue($id: ID!) { made: issueInvoice(input: { id: $id }) { it: invoice { id } } }', {
    id,
  });
  // Its mail is another test's.
  await gateway.rows('north', 'truncate insula.outbox');
  return id;
}

const request = (invoiceId: string, more: { amount?: number; method?: string } = {}) =>
  ask<{ requestPayment: { payment: Payment } }>(REQUEST, { invoiceId, method: 'pm_card_visa', ...more });

/** The pending payment of a new invoice. */
async function requested(method = 'pm_card_visa'): Promise<Payment> {
  const { body, text } = await request(await issued(), { method });
  if (!body.data) throw new Error(text);
  return body.data.requestPayment.payment;
}

async function paymentOf(id: string): Promise<Payment> {
  const { body, text } = await ask<{ payment: Payment }>(
    `query P($id: ID!) { payment(id: $id) { ${FIELDS} } }`,
    { id },
  );
  if (!body.data) throw new Error(text);
  return body.data.payment;
}

const work = (settings: Record<string, string> = {}, clock = () => new Date('2020-01-01T00:00:00Z')) =>
  startTestWorker(gateway, { modules, clock, settings: { INSULA_JOB_LEASE: '2000', ...settings } });

/** More often than a job, and the library, try. */
const unheard: Mishap[] = Array.from({ length: 10 }, () => 'hangs up afterwards');

const PAID = { status: 'SUCCEEDED', failure: null, invoice: { status: 'PAID' } };

describe('[AT] a payment that is requested', () => {
  test('[AT BL] is pending in the reply, and collected by jobs: then the invoice is paid', async () => {
    const payment = await requested();
    expect(payment).toMatchObject({
      amount: 100,
      status: 'PENDING',
      receivedOn: null,
      invoice: { status: 'ISSUED' },
    });
    expect(provider.requests).toEqual([]);
    await using _ = await work();
    await emptied(gateway);
    expect(await paymentOf(payment.id)).toMatchObject({
      ...PAID,
      receivedOn: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
    });
    expect(provider.taken).toEqual([{ intent: expect.any(String), amount: 100, currency: 'eur' }]);
    const [tenant] = Object.values(gateway.tenants);
    const key = `${tenant}.payment.${Buffer.from(payment.id, 'base64url').toString().split(':')[1]}`;
    expect(provider.requests).toEqual([
      { step: 'open', key },
      { step: 'look', key: undefined },
      { step: 'capture', key: `${key}.capture` },
    ]);
  });

  test('[AT DO] is collected while no transaction is open, and not while one is', async () => {
    const { id } = await requested();
    const client = new pg.Client({ connectionString: gateway.database.adminUrl });
    await client.connect();
    await client.query('begin');
    await using worker = await work();
    await until('a failed attempt', () => worker.lines().some(({ outcome }) => outcome === 'retry'));
    expect(provider.requests).toEqual([]);
    await client.end();
    await emptied(gateway);
    expect(await paymentOf(id)).toMatchObject(PAID);
  });

  test('[AT SC] is nothing when the operation fails: neither payment nor job', async () => {
    const invoiceId = await issued();
    const reply = await ask(
      `mutation Both($invoiceId: ID!) {
        requestPayment(input: { invoiceId: $invoiceId, paymentMethod: "pm_card_visa" }) { payment { id } }
        deleteInvoice(input: { id: $invoiceId }) { deletedInvoiceId } }`,
      { invoiceId },
    );
    expect(reply.code).toBe('INVOICE_NOT_DRAFT');
    expect(await outbox(gateway)).toEqual([]);
    const after = await ask('query I($id: ID!) { invoice(id: $id) { paymentCount } }', { id: invoiceId });
    expect(after.body.data).toEqual({ invoice: { paymentCount: 0 } });
  });

  test('[BL] leaves nothing to be paid twice: neither by hand nor by a second request', async () => {
    const invoiceId = await issued();
    expect((await request(invoiceId, { amount: 60 })).body.errors).toBeUndefined();
    expect((await request(invoiceId, { amount: 41 })).code).toBe('OVERPAYMENT');
    const byHand = await ask(
      `mutation R($invoiceId: ID!) { recordPayment(input: { invoiceId: $invoiceId, amount: 41, receivedOn: "2026-03-01" }) { payment { id } } }`,
      { invoiceId },
    );
    expect([byHand.code, byHand.body.errors?.[0]?.extensions]).toEqual([
      'OVERPAYMENT',
      expect.objectContaining({ open: 40 }),
    ]);
    expect((await request(invoiceId)).body.data?.requestPayment.payment.amount).toBe(40);
    expect((await request(invoiceId)).code).toBe('OVERPAYMENT');
    await using _ = await work();
    await emptied(gateway);
    expect(provider.taken.map(({ amount }) => amount).sort()).toEqual([40, 60]);
    const { body } = await ask('query I($id: ID!) { invoice(id: $id) { status payments { amount } } }', {
      id: invoiceId,
    });
    expect(body.data).toMatchObject({
      invoice: { status: 'PAID', payments: expect.objectContaining({ length: 2 }) },
    });
  });

  test('[AZ] needs the permission to write payments', async () => {
    const invoiceId = await issued();
    const reply = await ask(REQUEST, { invoiceId, method: 'pm_card_visa' }, 'viewer');
    expect(reply.code).toBe('FORBIDDEN');
  });

  test('[BL] is refused where nobody collects payments', async () => {
    await using second = await startGateway({ modules: withoutProvider, beside: gateway });
    const variables = { invoiceId: await issued(), method: 'pm_card_visa' };
    const reply = await second.ask({ tenant: 'north', as: 'accountant', query: REQUEST, variables });
    expect([reply.status, reply.code]).toEqual([409, 'NO_PAYMENT_PROVIDER']);
  });

  test('[RD] is told of when it is requested and when it ended', async () => {
    await using stream = await subscribe(gateway, {
      tenant: 'north',
      query: 'subscription { paymentChanged { id status failure } }',
    });
    const { id } = await requested('pm_declined');
    expect(await stream.next()).toMatchObject({ data: { paymentChanged: { id, status: 'PENDING' } } });
    await using _ = await work();
    expect(await stream.next()).toMatchObject({
      data: { paymentChanged: { id, status: 'FAILED', failure: 'Your card was declined.' } },
    });
  });
});

describe('[AT EH] exactly one charge, when the provider', () => {
  // The library repeats a request once by itself when it lost the connection.
  const mishaps: [string, Step, Mishap[]][] = [
    ['answers 500 at first', 'open', [{ answer: 500 }, { answer: 503 }]],
    ['says that another request has the key', 'open', [{ answer: 409 }]],
    ['loses the connection before the charge is open', 'open', ['hangs up', 'hangs up', 'hangs up']],
    [
      'loses the connection after the charge was opened',
      'open',
      ['hangs up afterwards', 'hangs up afterwards'],
    ],
    ['answers late that the charge is open', 'open', ['answers late']],
    ['opens the charge late', 'open', ['acts late']],
    ['can not be asked at first', 'look', [{ answer: 500 }, 'hangs up']],
    ['answers 500 instead of charging', 'capture', [{ answer: 500 }, { answer: 429 }]],
    ['says that another capture is under way', 'capture', [{ answer: 409 }]],
    ['loses the connection before it charged', 'capture', ['hangs up', 'hangs up', 'hangs up']],
    [
      'loses the connection after it charged',
      'capture',
      ['hangs up afterwards', 'hangs up afterwards', 'hangs up afterwards'],
    ],
    ['charges and answers late', 'capture', ['answers late']],
    ['charges late, when another attempt has long begun', 'capture', ['acts late']],
  ];
  test.each(mishaps)('[AT EH] %s', async (_what, step, planned) => {
    provider.plan(step, ...planned);
    const { id } = await requested();
    await using worker = await work({ INSULA_JOB_TIMEOUT: '1500', INSULA_JOB_ATTEMPTS: '12' });
    await emptied(gateway);
    expect(worker.lines().map(({ outcome }) => outcome)).toContain('retry');
    // What was late happens now, when everything is over.
    provider.release();
    await until('every request', () => provider.taken.length > 0);
    expect(await paymentOf(id)).toMatchObject(PAID);
    expect(provider.taken).toHaveLength(1);
  });

  test('[AT EH] no longer knows its keys when the job is tried again', async () => {
    provider.plan('open', ...unheard);
    const { id } = await requested();
    {
      await using _ = await work();
      await until('a dead letter', async () => (await outbox(gateway))[0]?.dead === true);
    }
    provider.recover();
    provider.forgetKeys();
    await gateway.rows('north', 'update insula.outbox set dead_at = null, attempts = 0, due_at = now()');
    await using _ = await work();
    await emptied(gateway);
    expect(await paymentOf(id)).toMatchObject(PAID);
    // Two were opened, and the money of the one that was written down was taken.
    expect(provider.taken.map(({ intent }) => intent)).toEqual([[...provider.intents.keys()][1]]);
    expect(provider.intents.size).toBe(2);
  });

  test('[AT EH] is asked by two jobs of one payment at once, in two workers', async () => {
    const { id } = await requested();
    await gateway.rows(
      'north',
      'insert into insula.outbox (tenant, seg, job, payload) select tenant, seg, job, payload from insula.outbox',
    );
    await using _ = await work();
    await using __ = await work();
    await emptied(gateway);
    expect(await paymentOf(id)).toMatchObject(PAID);
    expect(provider.taken).toHaveLength(1);
  });
});

describe('[AT EH] a payment that is not collected', () => {
  test('[AT EH] is failed with the provider’s reason, its amount open again, and can be requested anew', async () => {
    const payment = await requested('pm_declined');
    await using worker = await work();
    await emptied(gateway);
    const failed = {
      status: 'FAILED',
      failure: 'Your card was declined.',
      receivedOn: null,
      invoice: { status: 'ISSUED' },
    };
    expect(await paymentOf(payment.id)).toMatchObject(failed);
    // A refusal is an answer: it is not repeated.
    expect(worker.lines().map(({ outcome }) => outcome)).toEqual(['done', 'done']);
    expect((await request(payment.invoice.id)).body.data?.requestPayment.payment.amount).toBe(100);
    await emptied(gateway);
    expect(provider.taken).toHaveLength(1);
  });

  test('[AT EH] is failed when the provider does not know the card', async () => {
    const { id } = await requested('pm_unknown');
    await using _ = await work();
    await emptied(gateway);
    expect(await paymentOf(id)).toMatchObject({ status: 'FAILED', failure: 'No such PaymentMethod' });
  });

  test('[AT EH] is pending, and its job a dead letter, as long as the provider does not answer', async () => {
    provider.plan('capture', { answer: 500 }, { answer: 500 }, { answer: 500 });
    const { id } = await requested();
    await using _ = await work();
    await until('a dead letter', async () => (await outbox(gateway))[0]?.dead === true);
    expect(await outbox(gateway)).toMatchObject([
      {
        job: 'payments:settle',
        attempts: 3,
        lastError: expect.stringContaining('Not now'),
      },
    ]);
    expect(await paymentOf(id)).toMatchObject({ status: 'PENDING', invoice: { status: 'ISSUED' } });
    const pending = await ask('{ payments(filter: { status: [PENDING] }) { nodes { id } } }');
    expect(pending.text).toContain(id);
    // A person has it retried.
    await gateway.rows('north', 'update insula.outbox set dead_at = null, attempts = 0, due_at = now()');
    await emptied(gateway);
    expect(await paymentOf(id)).toMatchObject(PAID);
    expect(provider.taken).toHaveLength(1);
  });

  test.each([
    ['before its charge was opened', 'open', 0],
    ['before its money was taken', 'look', 0],
    ['after its money was taken, unheard', 'capture', 1],
  ] as const)('[AT BL] when its invoice is voided %s', async (_when, step, charges) => {
    provider.plan(step, ...unheard);
    const { id, invoice } = await requested();
    {
      await using worker = await work(step === 'capture' ? { INSULA_JOB_ATTEMPTS: '1' } : {});
      await until('a dead letter', async () => (await outbox(gateway))[0]?.dead === true);
      expect(worker.lines().at(-1)).toMatchObject({ outcome: 'dead' });
    }
    provider.recover();
    await idOf('mutation V($id: ID!) { made: voidInvoice(input: { id: $id }) { it: invoice { id } } }', {
      id: invoice.id,
    });
    await gateway.rows('north', 'update insula.outbox set dead_at = null, attempts = 0, due_at = now()');
    await using _ = await work();
    await emptied(gateway);
    expect(await paymentOf(id)).toMatchObject({
      status: charges ? 'SUCCEEDED' : 'FAILED',
      invoice: { status: 'VOID' },
    });
    expect(provider.taken).toHaveLength(charges);
  });
});

test('[AT] a bank that takes days is asked again each day', async () => {
  const { id } = await requested('pm_slow_bank');
  {
    await using _ = await work();
    await emptied(gateway);
  }
  expect(await paymentOf(id)).toMatchObject({
    status: 'PROCESSING',
    receivedOn: null,
    invoice: { status: 'ISSUED' },
  });
  for (const [day, status] of [
    ['2030-03-01', 'PROCESSING'],
    ['2030-03-02', 'SUCCEEDED'],
  ] as const) {
    if (status === 'SUCCEEDED') provider.arrive();
    await using worker = await work({}, () => new Date(`${day}T05:30:00Z`));
    await until('the daily jobs', () => worker.log.some(({ msg }) => msg === 'daily job'));
    await emptied(gateway);
    expect(await paymentOf(id)).toMatchObject({ status });
  }
  expect(provider.taken).toHaveLength(1);
});
