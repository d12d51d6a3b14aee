import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { modules } from '../../../src/modules/index.ts';
import { startGateway, type TestGateway } from '../../support/gateway.ts';
import { emptied, outbox, startTestWorker, until } from '../jobs/worker.ts';

interface Received {
  readonly from: string;
  readonly to: readonly string[];
  readonly text: string;
}

/** A mail server that takes mail, or refuses it with a code. */
async function startMailServer() {
  const received: Received[] = [];
  const refusals: number[] = [];
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    async onData(stream, { envelope }, callback) {
      const text = await textOf(stream);
      const from = envelope.mailFrom ? envelope.mailFrom.address : '';
      received.push({ from, to: envelope.rcptTo.map(({ address }) => address), text });
      const responseCode = refusals.shift();
      if (responseCode === undefined) callback();
      else callback(Object.assign(new Error('Not now.'), { responseCode }));
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `smtp://127.0.0.1:${port}`,
    received,
    refusals,
    close: () => new Promise<void>((resolve) => server.close(resolve)),
  };
}

const messageId = ({ text }: Received) => /^Message-ID: (<.*>)\r?$/im.exec(text)?.[1];

let gateway: TestGateway;
let server: Awaited<ReturnType<typeof startMailServer>>;
beforeAll(async () => {
  server = await startMailServer();
  gateway = await startGateway({ modules });
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await server.close();
});
beforeEach(async () => {
  await gateway.rows('north', 'truncate insula.outbox');
  server.received.length = 0;
});

async function ask<Payload>(query: string, variables: object): Promise<Payload> {
  const reply = await gateway.ask<Record<string, Payload>>({
    tenant: 'north',
    as: 'accountant',
    query,
    variables,
  });
  const [payload] = Object.values(reply.body.data ?? {});
  if (!payload) throw new Error(reply.text);
  return payload;
}

/** A draft for a customer. @returns its global id */
async function draft(customer: { name: string; email: string | null }): Promise<string> {
  const { customer: made } = await ask<{ customer: { id: string } }>(
    `mutation C($name: String!, $email: EmailAddress) {
      createCustomer(input: { name: $name, email: $email, street: "Mill Lane 1", postalCode: "8001", city: "Zürich", country: "CH" }) { customer { id } }
    }`,
    customer,
  );
  const { invoice } = await ask<{ invoice: { id: string } }>(
    `mutation D($customerId: ID!) {
      createInvoice(input: { customerId: $customerId, currency: "EUR", lines: [{ description: "Work", quantity: 3, unitPrice: 33300, taxRate: 1900 }] }) { invoice { id } }
    }`,
    { customerId: made.id },
  );
  return invoice.id;
}

async function issue(id: string): Promise<{ number: string; dueOn: string }> {
  const { invoice } = await ask<{ invoice: { number: string; dueOn: string } }>(
    'mutation I($id: ID!) { issueInvoice(input: { id: $id }) { invoice { number dueOn } } }',
    { id },
  );
  return invoice;
}

const bakery = { name: 'Alpenblick Bäckerei', email: 'office@alpenblick.example' };
const work = (settings: Record<string, string> = {}, clock?: () => Date) =>
  startTestWorker(gateway, {
    modules,
    // Daily jobs have tests of their own: at this hour none is due.
    clock: clock ?? (() => new Date('2020-01-01T00:00:00Z')),
    settings: { INSULA_SMTP_URL: server.url, INSULA_MAIL_FROM: 'billing@saas.example', ...settings },
  });

describe('[AT] the mail of an invoice', () => {
  test('[AT PR] is handed to the mail server after the invoice was issued', async () => {
    const { number, dueOn } = await issue(await draft(bakery));
    await using _ = await work();
    await emptied(gateway);
    expect(server.received).toHaveLength(1);
    const [{ from, to, text } = { from: '', to: [], text: '' }] = server.received;
    expect([from, to]).toEqual(['billing@saas.example', ['office@alpenblick.example']]);
    expect(text).toContain(`Subject: Invoice ${number} from north`);
    expect(text).toMatch(/^From: "?north"? <billing@saas.example>/m);
    expect(text).toContain('Total  EUR=C2=A01,188.81');
    expect(text).toContain(`Please pay by ${dueOn}.`);
  });

  test('[AT EH] is handed over again, under the same Message-ID, when the server refuses it for now', async () => {
    await issue(await draft(bakery));
    server.refusals.push(451, 421);
    await using worker = await work();
    await emptied(gateway);
    expect(server.received).toHaveLength(3);
    expect(messageId(server.received[0] ?? { from: '', to: [], text: '' })).toMatch(
      /^<t_[a-z0-9]{16}\.job\.\d+\.1@saas\.example>$/,
    );
    expect(new Set(server.received.map(messageId)).size).toBe(1);
    expect(worker.lines().map(({ outcome }) => outcome)).toEqual(['retry', 'retry', 'done']);
  });

  test('[AT EH] waits while there is no mail server, and is a dead letter at last', async () => {
    await issue(await draft(bakery));
    await using _ = await work({ INSULA_SMTP_URL: 'smtp://127.0.0.1:1' });
    await until('a dead letter', async () => (await outbox(gateway))[0]?.dead === true);
    expect((await outbox(gateway))[0]?.lastError).toMatch(/ECONNREFUSED/);
  });

  test('[AT] goes to nobody when the customer has no address', async () => {
    await issue(await draft({ name: 'Shy', email: null }));
    await using worker = await work();
    await emptied(gateway);
    expect(server.received).toEqual([]);
    expect(worker.lines()).toEqual([expect.objectContaining({ outcome: 'done' })]);
  });

  test('[AT SM] a name with a comma, quotes or a line break makes no second recipient and no header', async () => {
    const name = 'Evil", eve@evil.example, "x\r\nBcc: bob@evil.example';
    await issue(await draft({ ...bakery, name }));
    await using _ = await work();
    await emptied(gateway);
    expect(server.received.map(({ to }) => to)).toEqual([['office@alpenblick.example']]);
    expect(server.received[0]?.text.split('\r\n\r\n', 1)[0]).not.toMatch(/^Bcc:/m);
  });

  test('[AT SC] an invoice that can not be issued is mailed to nobody', async () => {
    const id = await draft(bakery);
    await issue(id);
    await gateway.rows('north', 'truncate insula.outbox');
    await expect(issue(id)).rejects.toThrow('INVOICE_NOT_DRAFT');
    expect(await outbox(gateway)).toEqual([]);
  });
});

test('[AT] each invoice that becomes overdue is reminded of once, and none that is paid', async () => {
  const [overdue, paid, later, long] = [
    await draft(bakery),
    await draft(bakery),
    await draft(bakery),
    await draft(bakery),
  ];
  const numbers: string[] = [];
  for (const id of [overdue, paid, later, long]) numbers.push((await issue(id)).number);
  await gateway.rows('north', 'truncate insula.outbox');
  const set = (number: string | undefined, values: string) =>
    gateway.rows(
      'north',
      `set session_replication_role = replica; update invoice set ${values} where number = '${number}'; set session_replication_role = origin`,
    );
  await set(numbers[0], `due_on = '2026-03-01'`);
  await set(numbers[1], `due_on = '2026-03-01', status = 'paid'`);
  await set(numbers[2], `due_on = '2026-03-02'`);
  await set(numbers[3], `due_on = '2026-01-01'`);
  const subjects = () => server.received.map(({ text }) => /^Subject: (.*?)\r?$/m.exec(text)?.[1]);

  for (const [day, count] of [
    ['2026-03-02', 1],
    ['2026-03-03', 2],
    ['2026-03-04', 2],
  ] as const) {
    await using worker = await work({}, () => new Date(`${day}T06:00:00Z`));
    await until('the daily jobs', () => worker.log.some(({ msg }) => msg === 'daily job'));
    await emptied(gateway);
    expect(subjects()).toHaveLength(count);
  }
  expect(subjects()).toEqual([
    `Reminder: invoice ${numbers[0]} from north`,
    `Reminder: invoice ${numbers[2]} from north`,
  ]);
});

describe('[AT] mail in development', () => {
  const page = (path: string, of: TestGateway = gateway) => of.send({ method: 'GET', path });

  test('[AT SM] without a mail server is caught, and read in the browser', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'insula-mail-'));
    const settings = { INSULA_DIRECTORY: directory };
    await using second = await startGateway({ modules, beside: gateway, settings });
    expect((await page('/mail.json', second)).text).toBe('[]');
    const { number } = await issue(await draft({ ...bakery, name: '<script>alert("x")</script>' }));
    {
      await using _ = await startTestWorker(gateway, { modules, settings });
      await until('the mail', async () => (await page('/mail.json', second)).text !== '[]');
    }
    const letters: object[] = JSON.parse((await page('/mail.json', second)).text);
    expect(letters).toContainEqual(
      expect.objectContaining({
        tenant: 'north',
        subject: `Invoice ${number} from north`,
        to: { name: '<script>alert("x")</script>', address: 'office@alpenblick.example' },
        messageId: expect.stringMatching(/^<t_.*>$/),
      }),
    );
    const html = await page('/mail', second);
    expect(html.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(html.text).toContain(`<h2>Invoice ${number} from north</h2>`);
    expect(html.text).not.toContain('<script>');
    expect(html.text).toContain('&lt;script&gt;');
    rmSync(directory, { recursive: true });
  });

  test.each(['/mail', '/mail.json'])('[AT SM] with a mail server has no page %s', async (path) => {
    await using second = await startGateway({
      modules,
      beside: gateway,
      settings: { INSULA_SMTP_URL: server.url },
    });
    const { status, text } = await page(path, second);
    expect([status, text]).toEqual([expect.any(Number), expect.not.stringContaining('Mail')]);
    expect(status).toBeGreaterThanOrEqual(400);
  });
});
