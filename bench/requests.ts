import { MEMBERS_PER_TENANT, type Sizes, slugOf, subjectOf } from './data/sizes.ts';

/** The API that a server speaks: Insula's schema, the same by hand, or the one that PostGraphile makes of the tables. */
export type Dialect = 'insula' | 'plain' | 'postgraphile';

export const REQUESTS = ['one', 'list', 'create', 'page', 'deep'] as const;
export type RequestName = (typeof REQUESTS)[number];

/** For people. */
export const TITLES: Readonly<Record<RequestName, string>> = {
  one: 'one invoice by id',
  list: '20 invoices with customer and lines',
  create: 'create an invoice with 3 lines',
  page: 'a filtered, ordered, counted page',
  deep: 'customer → invoices → lines, payments',
};

/** One request as it is sent. */
export interface Sent {
  readonly tenant: string;
  readonly subject: string;
  readonly body: string;
}

/** A number from 0 to below 1; the same sequence in every run. */
export type Random = () => number;

/** Mulberry32. */
export function seeded(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const SCHEMA_DOCUMENTS: Readonly<Record<RequestName, string>> = {
  one: `query one($id: ID!) { invoice(id: $id) { id number status issuedOn dueOn gross { amount currency } } }`,
  list: `query list { invoices(first: 20) { nodes { id number status issuedOn gross { amount currency }
    customer { id name email } lines { position description quantity unitPrice net } } } }`,
  page: `query page($status: STATUS!) { invoices(first: 20, filter: { status: [$status] }, order: DUE_FIRST) {
    totalCount pageInfo { hasNextPage } nodes { id number dueOn gross { amount currency } customer { id name } } } }`,
  deep: `query deep($id: ID!) { customer(id: $id) { id name invoices(first: 10) { nodes { id number status
    gross { amount currency } lines { position description quantity unitPrice net }
    payments { id amount receivedOn } } } } }`,
  create: `mutation create($input: CreateInvoiceInput!) { createInvoice(input: $input) { invoice { id status
    gross { amount currency } lines { position net } } } }`,
};

/** Aliases give the reply the same shape; money is a column there, and its currency another one. */
const POSTGRAPHILE_DOCUMENTS: Readonly<Record<RequestName, string>> = {
  one: `query one($id: UUID!) { invoice: invoiceByRowId(rowId: $id) { id: rowId number status issuedOn dueOn gross currency } }`,
  list: `query list { invoices: allInvoices(first: 20, orderBy: [ISSUED_ON_DESC, CREATED_AT_DESC, ROW_ID_ASC]) { nodes {
    id: rowId number status issuedOn gross currency customer: customerByCustomerId { id: rowId name email }
    lines: invoiceLinesByInvoiceIdList(orderBy: POSITION_ASC) { position description quantity unitPrice net } } } }`,
  page: `query page($status: String!) { invoices: allInvoices(first: 20, condition: { status: $status },
    orderBy: [DUE_ON_ASC, ROW_ID_ASC]) { totalCount pageInfo { hasNextPage } nodes { id: rowId number dueOn gross currency
    customer: customerByCustomerId { id: rowId name } } } }`,
  deep: `query deep($id: UUID!) { customer: customerByRowId(rowId: $id) { id: rowId name
    invoices: invoicesByCustomerId(first: 10, orderBy: [ISSUED_ON_DESC, CREATED_AT_DESC, ROW_ID_ASC]) { nodes { id: rowId number
    status gross currency lines: invoiceLinesByInvoiceIdList(orderBy: POSITION_ASC) { position description quantity
    unitPrice net } payments: paymentsByInvoiceIdList(orderBy: [RECEIVED_ON_ASC, ROW_ID_ASC]) { id: rowId amount receivedOn } } } } }`,
  create: `mutation create($input: CreateInvoiceWithLinesInput!) { createInvoice: createInvoiceWithLines(input: $input) {
    invoice: result { id: rowId status gross currency lines: invoiceLinesByInvoiceIdList(orderBy: POSITION_ASC) { position net }
    } } }`,
};

function documentOf(dialect: Dialect, request: RequestName): string {
  const text = dialect === 'postgraphile' ? POSTGRAPHILE_DOCUMENTS[request] : SCHEMA_DOCUMENTS[request];
  return text.replace('STATUS', dialect === 'insula' ? 'InvoiceStatus' : 'Status').replace(/\s+/g, ' ');
}

const KINDS = { Customer: 0, Invoice: 1 } as const;

/** An id as the rows have it; Insula's are global ids. */
function idOf(dialect: Dialect, kind: keyof typeof KINDS, number: number): string {
  const uuid = `0000000${KINDS[kind]}-0000-7000-8000-${number.toString(16).padStart(12, '0')}`;
  return dialect === 'insula' ? Buffer.from(`${kind}:${uuid}`).toString('base64url') : uuid;
}

const STATUSES = ['ISSUED', 'PAID', 'VOID'] as const;

function variablesOf(dialect: Dialect, request: RequestName, sizes: Sizes, random: Random): object {
  const upTo = (most: number) => Math.floor(random() * most);
  if (request === 'one') return { id: idOf(dialect, 'Invoice', 1 + upTo(sizes.invoices)) };
  if (request === 'deep') return { id: idOf(dialect, 'Customer', 1 + upTo(sizes.customers)) };
  if (request === 'list') return {};
  if (request === 'page') {
    const status = STATUSES[upTo(STATUSES.length)] ?? 'ISSUED';
    return { status: dialect === 'postgraphile' ? status.toLowerCase() : status };
  }
  const lines = [1, 2, 3].map((position) => ({
    description: `Work ${position}`,
    quantity: 1 + upTo(9),
    unitPrice: 50 + 10 * upTo(900),
    taxRate: 1900,
  }));
  const customerId = idOf(dialect, 'Customer', 1 + upTo(sizes.customers));
  const written =
    dialect === 'postgraphile'
      ? lines.map((line) => ({ ...line, unitPrice: String(line.unitPrice) }))
      : lines;
  return { input: { customerId, currency: 'EUR', lines: written } };
}

/** Requests to tenants, members and rows at random; with the same seed the same ones for every server. */
export function makeRequests(
  dialect: Dialect,
  pick: (random: Random) => RequestName,
  sizes: Sizes,
  { count, seed }: { readonly count: number; readonly seed: number },
): Sent[] {
  const random = seeded(seed);
  return Array.from({ length: count }, () => {
    const request = pick(random);
    const tenant = slugOf(1 + Math.floor(random() * sizes.tenants));
    const subject = subjectOf(Math.floor(random() * MEMBERS_PER_TENANT));
    const variables = variablesOf(dialect, request, sizes, random);
    const query = documentOf(dialect, request);
    return { tenant, subject, body: JSON.stringify({ query, operationName: request, variables }) };
  });
}
