export const schema = `
  type Money { amount: Float!, currency: String! }
  type Customer { id: ID!, name: String!, email: String, invoices(first: Int!): InvoicePage! }
  type Line { position: Int!, description: String!, quantity: Int!, unitPrice: Float!, net: Float! }
  type Payment { id: ID!, amount: Float!, receivedOn: String! }
  enum Status { DRAFT ISSUED PAID VOID }
  type Invoice {
    id: ID!, number: String, status: Status!, issuedOn: String, dueOn: String, gross: Money!,
    customer: Customer!, lines: [Line!]!, payments: [Payment!]!
  }
  type PageInfo { hasNextPage: Boolean! }
  type InvoicePage { nodes: [Invoice!]!, totalCount: Int!, pageInfo: PageInfo! }
  enum Order { NEWEST DUE_FIRST }
  input Filter { status: [Status!] }
  type Query {
    invoice(id: ID!): Invoice
    invoices(first: Int!, order: Order = NEWEST, filter: Filter): InvoicePage!
    customer(id: ID!): Customer
  }
  input LineInput { description: String!, quantity: Int!, unitPrice: Float!, taxRate: Int! }
  input CreateInvoiceInput { customerId: ID!, currency: String!, lines: [LineInput!]! }
  type CreateInvoicePayload { invoice: Invoice! }
  type Mutation { createInvoice(input: CreateInvoiceInput!): CreateInvoicePayload! }
`;

const INVOICE = `i.id, i.number, upper(i.status) as status, i.issued_on as "issuedOn", i.due_on as "dueOn", i.gross,
  i.currency, i.customer_id as "customerId"`;
const LINE = `l.invoice_id as "invoiceId", l.position, l.description, l.quantity, l.unit_price as "unitPrice", l.net`;
const ORDERS = {
  NEWEST: 'i.issued_on desc nulls last, i.created_at desc, i.id',
  DUE_FIRST: 'i.due_on nulls last, i.id',
};

const texts = {
  invoice: (s) => `select ${INVOICE} from ${s}.invoice i where i.id = $1`,
  customer: (s) => `select id, name, email from ${s}.customer where id = $1`,
  page: (order, filtered) => (s) =>
    `select ${INVOICE} from ${s}.invoice i ${filtered ? 'where i.status = any ($2)' : ''}
     order by ${ORDERS[order]} limit $1`,
  count: (s) => `select count(*)::int as count from ${s}.invoice i where i.status = any ($1)`,
  countAll: (s) => `select count(*)::int as count from ${s}.invoice i`,
  customers: (s) => `select id, name, email from ${s}.customer where id = any ($1::uuid[])`,
  lines: (s) =>
    `select ${LINE} from ${s}.invoice_line l where l.invoice_id = any ($1::uuid[]) order by l.position`,
  payments: (s) => `select p.invoice_id as "invoiceId", p.id, p.amount, p.received_on as "receivedOn"
    from ${s}.payment p where p.invoice_id = any ($1::uuid[]) order by p.received_on, p.id`,
  invoicesOf: (s) => `select i.* from unnest($1::uuid[]) c (id), lateral (
    select ${INVOICE} from ${s}.invoice i where i.customer_id = c.id order by ${ORDERS.NEWEST} limit $2) i`,
  insertInvoice: (
    s,
  ) => `insert into ${s}.invoice as i (id, customer_id, currency, net, tax, gross, created_at)
    values (uuidv7(), $1, $2, $3, $4, $3::bigint + $4::bigint, now()) returning ${INVOICE}`,
  insertLines: (s) => `insert into ${s}.invoice_line as l
      (id, invoice_id, position, description, quantity, unit_price, tax_rate, net, tax)
    select uuidv7(), $1, * from unnest($2::int[], $3::text[], $4::int[], $5::bigint[], $6::int[], $7::bigint[], $8::bigint[])
    returning ${LINE}`,
};

const money = (amount, { currency }) => ({ amount, currency });
const page = (nodes, first, more) => ({
  nodes: nodes.slice(0, first),
  pageInfo: { hasNextPage: nodes.length > first },
  ...more,
});

export const resolvers = {
  Query: {
    invoice: async (_, { id }, { session }) => (await session.rows('invoice', texts.invoice, [id]))[0],
    customer: async (_, { id }, { session }) => (await session.rows('customer', texts.customer, [id]))[0],
    invoices: async (_, { first, order, filter }, { session }) => {
      const status = filter?.status?.map((name) => name.toLowerCase());
      const text = texts.page(order, status !== undefined);
      // One more than asked for tells whether a page follows.
      const values = status ? [first + 1, status] : [first + 1];
      const rows = await session.rows(`page ${order} ${status !== undefined}`, text, values);
      return page(rows, first, { status });
    },
  },
  InvoicePage: {
    totalCount: async ({ status }, _, { session }) => {
      const rows = status
        ? await session.rows('count', texts.count, [status])
        : await session.rows('count all', texts.countAll, []);
      return rows[0].count;
    },
  },
  Invoice: { gross: (invoice) => money(invoice.gross, invoice) },
  Mutation: {
    createInvoice: async (_, { input: { customerId, currency, lines } }, { session }) => {
      const nets = lines.map(({ quantity, unitPrice }) => quantity * unitPrice);
      const taxes = lines.map(({ taxRate }, index) => Math.floor((nets[index] * taxRate + 5000) / 10000));
      const sum = (amounts) => amounts.reduce((total, amount) => total + amount, 0);
      const values = [customerId, currency, sum(nets), sum(taxes)];
      const [invoice] = await session.rows('insert invoice', texts.insertInvoice, values);
      invoice.lines = await session.rows('insert lines', texts.insertLines, [
        invoice.id,
        lines.map((_line, index) => index + 1),
        lines.map(({ description }) => description),
        lines.map(({ quantity }) => quantity),
        lines.map(({ unitPrice }) => unitPrice),
        lines.map(({ taxRate }) => taxRate),
        nets,
        taxes,
      ]);
      return { invoice };
    },
  },
};

const grouped = (rows, queries) => {
  const groups = Map.groupBy(rows, ({ invoiceId }) => invoiceId);
  return queries.map(({ obj }) => groups.get(obj.id) ?? []);
};

export const loaders = {
  Invoice: {
    customer: async (queries, { session }) => {
      const ids = [...new Set(queries.map(({ obj }) => obj.customerId))];
      const rows = await session.rows('customers', texts.customers, [ids]);
      const byId = new Map(rows.map((row) => [row.id, row]));
      return queries.map(({ obj }) => byId.get(obj.customerId));
    },
    lines: async (queries, { session }) => {
      if (queries[0].obj.lines) return queries.map(({ obj }) => obj.lines);
      const rows = await session.rows('lines', texts.lines, [queries.map(({ obj }) => obj.id)]);
      return grouped(rows, queries);
    },
    payments: async (queries, { session }) => {
      const rows = await session.rows('payments', texts.payments, [queries.map(({ obj }) => obj.id)]);
      return grouped(rows, queries);
    },
  },
  Customer: {
    invoices: async (queries, { session }) => {
      const { first } = queries[0].params;
      const values = [queries.map(({ obj }) => obj.id), first + 1];
      const groups = Map.groupBy(
        await session.rows('invoices of', texts.invoicesOf, values),
        (row) => row.customerId,
      );
      return queries.map(({ obj }) => page(groups.get(obj.id) ?? [], first));
    },
  },
};
