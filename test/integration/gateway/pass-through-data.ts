import pg from 'pg';
import type { TestGateway } from '../../support/gateway.ts';

const TEXTS = [
  'plain',
  'quote " and \\ back',
  "it's",
  'ünïcödé 😀',
  'line\nbreak\ttab',
  '\u0001ctl\u007f\u2028',
  '',
  '{"a":1}',
];
const MOMENTS = [
  '2024-02-29 12:34:56.123456+00',
  '1999-12-31 23:59:59.999999+05:30',
  '2024-07-01 00:00:00.1+00',
  '1883-01-01 00:00:00+00',
  '2024-10-27 02:30:00+02',
];
const AMOUNTS = ['9007199254740991', '-9007199254740991', '0', '42'];
const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const pick = (list: readonly string[], n: number): string | undefined => list[n % list.length];

/** Keys of rows that `fill` makes. */
export const customerKey = (n: number) => uuid(1000 + n);
export const invoiceKey = (n: number) => uuid(2000 + n);

const CUSTOMERS = 9;
const INVOICES = 40;
/** Its email address is none. */
export const ODD_CUSTOMER = customerKey(CUSTOMERS);

/** Fills a tenant's tables past the API, with values that it would not let in, or not easily. */
export async function fill({ database, tenants }: TestGateway, tenant: string): Promise<void> {
  const client = new pg.Client({ connectionString: database.adminUrl });
  await client.connect();
  try {
    // Nobody does it for a member: neither triggers nor keys are asked.
    await client.query('set session_replication_role = replica');
    await client.query(`set search_path to "${tenants[tenant]}"`);
    await insertCustomers(client);
    await insertInvoices(client);
  } finally {
    await client.end();
  }
}

async function insertCustomers(client: pg.Client): Promise<void> {
  for (let n = 1; n <= CUSTOMERS; n++) {
    const odd = n === CUSTOMERS;
    await client.query(
      `insert into customer (id, version, name, email, street, postal_code, city, country, created_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [
        customerKey(n),
        n,
        pick(TEXTS, n),
        odd ? 'not an address' : n % 3 === 0 ? null : `someone+${n}@mail-${n}.example`,
        pick(TEXTS, n + 1),
        String(8000 + n),
        pick(TEXTS, n + 2),
        n % 2 === 0 ? 'CH' : 'DE',
        odd ? 'infinity' : pick(MOMENTS, n),
      ],
    );
  }
}

async function insertInvoices(client: pg.Client): Promise<void> {
  for (let n = 1; n <= INVOICES; n++) {
    const id = invoiceKey(n);
    const status = pick(['draft', 'issued', 'paid', 'void'], n);
    const issued = status === 'draft' ? null : pick(['2024-02-29', '2023-12-31'], n);
    await client.query(
      `insert into invoice (id, version, customer_id, number, status, currency, issued_on, due_on, payment_days, note, net, tax, gross, created_at)
       values ($1, 1, $2, $3, $4, $5, $6, $6, 30, $7, $8, $9, $10, $11)`,
      [
        id,
        customerKey(1 + (n % CUSTOMERS)),
        issued === null ? null : `2024-${n}`,
        status,
        pick(['EUR', 'CHF', 'JPY'], n),
        issued,
        n % 4 === 0 ? null : pick(TEXTS, n),
        ...[0, 1, 2].map((more) => pick(AMOUNTS, n + more)),
        pick(MOMENTS, n),
      ],
    );
    for (let position = 1; position <= n % 4; position++) {
      await client.query(
        `insert into invoice_line (id, version, invoice_id, position, description, quantity, unit_price, tax_rate, net, tax)
         values (gen_random_uuid(), 1, $1, $2, $3, 2, $4, 1900, $4, 0)`,
        [id, position, pick(TEXTS, n + position), pick(AMOUNTS, position)],
      );
    }
    if (status !== 'paid') continue;
    await client.query(
      `insert into payment (id, version, invoice_id, amount, received_on, reference, created_at)
       values (gen_random_uuid(), 1, $1, $2, '2024-03-01', $3, $4)`,
      [id, pick(AMOUNTS, n), pick(TEXTS, n), pick(MOMENTS, n)],
    );
  }
}
