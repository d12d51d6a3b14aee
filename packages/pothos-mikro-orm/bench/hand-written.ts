import { execute, parse } from 'graphql';
import { compileQuery } from 'graphql-jit';
import type { CreateContender } from './contender.ts';
import { createExecutor } from './executor.ts';
import { plainSchema } from './plain-schema.ts';

const invoiceCells = 'i.id, i.number, i.status, i.total::text, i.issued_at';
const customerCells = 'c.id, c.name, c.email, c.credit::text';
const lineCells = 'l.id, l.description, l.quantity, l.unit_cents::text';
const allocationCells = 'a.id, a.method, a.amount::text, a.paid_at';

const customerOf = `(select json_build_array(${customerCells}) from customers c where c.id = i.customer_id)`;

const one = `select json_build_array(${invoiceCells})::text from invoices i where i.id = $1`;

const list = `
  select json_agg(json_build_array(${invoiceCells}, ${customerOf},
    (select json_agg(json_build_array(${lineCells}) order by l.id) from lines l where l.invoice_id = i.id)))::text
  from (select * from invoices order by id limit $1 offset $2) i`;

const page = (size: number) => `
  select json_build_array(
    (select json_agg(json_build_array(${invoiceCells}, ${customerOf}))
      from (select * from invoices where status = $1 order by id desc limit ${size + 1}) i),
    (select count(*) from invoices where status = $1))::text`;

const levels = `
  select json_agg(json_build_array(${customerCells},
    (select json_agg(json_build_array(${invoiceCells},
      (select json_agg(json_build_array(${lineCells},
        (select json_agg(json_build_array(${allocationCells}) order by a.id) from allocations a where a.line_id = l.id)
      ) order by l.id) from lines l where l.invoice_id = i.id)
    ) order by i.id) from invoices i where i.customer_id = c.id)))::text
  from (select * from customers order by id limit $1 offset $2) c`;

type CustomerCells = [id: number, name: string, email: string, credit: string];
type AllocationCells = [id: number, method: string, amount: string, paidAt: string];
type LineCells = [id: number, description: string, quantity: number, unitCents: string];
type InvoiceCells = [id: number, number: string, status: string, total: string, issuedAt: string];

const toCustomer = ([id, name, email, credit]: CustomerCells | [...CustomerCells, unknown]) => ({
  id,
  name,
  email,
  credit: BigInt(credit),
});
const toAllocation = ([id, method, amount, paidAt]: AllocationCells) => ({
  id,
  method,
  amount,
  paidAt: new Date(paidAt),
});
const toLine = ([id, description, quantity, unitCents]: LineCells) => ({
  id,
  description,
  quantity,
  unitCents: BigInt(unitCents),
});
const toInvoice = ([id, number, status, total, issuedAt]: InvoiceCells) => ({
  id,
  number,
  status,
  total,
  issuedAt: new Date(issuedAt),
});

type ListCells = [...InvoiceCells, customer: CustomerCells, lines: LineCells[] | null];
const toListed = ([id, number, status, total, issuedAt, customer, lines]: ListCells) => ({
  id,
  number,
  status,
  total,
  issuedAt: new Date(issuedAt),
  customer: toCustomer(customer),
  lines: (lines ?? []).map(toLine),
});

type PagedCells = [...InvoiceCells, customer: CustomerCells];
const toEdge = ([id, number, status, total, issuedAt, customer]: PagedCells) => ({
  cursor: Buffer.from(`["${id}"]`).toString('base64url'),
  node: { id, number, status, total, issuedAt: new Date(issuedAt), customer: toCustomer(customer) },
});

type LineWithAllocations = [...LineCells, allocations: AllocationCells[] | null];
type InvoiceWithLines = [...InvoiceCells, lines: LineWithAllocations[] | null];
type CustomerWithInvoices = [...CustomerCells, invoices: InvoiceWithLines[] | null];
const toCustomerTree = ([id, name, email, credit, invoices]: CustomerWithInvoices) => ({
  id,
  name,
  email,
  credit: BigInt(credit),
  invoices: (invoices ?? []).map(toInvoiceTree),
});
const toInvoiceTree = ([id, number, status, total, issuedAt, lines]: InvoiceWithLines) => ({
  id,
  number,
  status,
  total,
  issuedAt: new Date(issuedAt),
  lines: (lines ?? []).map(toLineTree),
});
const toLineTree = ([id, description, quantity, unitCents, allocations]: LineWithAllocations) => ({
  id,
  description,
  quantity,
  unitCents: BigInt(unitCents),
  allocations: (allocations ?? []).map(toAllocation),
});

/** What somebody writes who knows the four requests, and nothing else: one statement each, read into plain objects. */
export const create: CreateContender = async (connection) => {
  const { execute: send, backend, close } = await createExecutor(connection);
  const schema = await plainSchema({
    Query: {
      invoice: async (_root, { id }: { id: number }) => {
        const json = await send(one, [id]);
        return json === null ? null : toInvoice(JSON.parse(json));
      },
      invoices: async (_root, { first, offset }: { first: number; offset: number }) => {
        const rows: ListCells[] = JSON.parse((await send(list, [first, offset])) ?? '[]');
        return rows.map(toListed);
      },
      page: async (_root, { status, first }: { status: string; first: number }) => {
        const [rows, totalCount]: [PagedCells[] | null, number] = JSON.parse(
          (await send(page(first), [status])) ?? '[null, 0]',
        );
        const edges = (rows ?? []).slice(0, first).map(toEdge);
        return {
          edges,
          totalCount,
          pageInfo: {
            hasNextPage: (rows?.length ?? 0) > first,
            hasPreviousPage: false,
            startCursor: edges[0]?.cursor,
            endCursor: edges.at(-1)?.cursor,
          },
        };
      },
      customers: async (_root, { first, offset }: { first: number; offset: number }) => {
        const rows: CustomerWithInvoices[] = JSON.parse((await send(levels, [first, offset])) ?? '[]');
        return rows.map(toCustomerTree);
      },
    },
  });
  return { schema, graphql: { parse, execute, compileQuery }, context: () => ({}), backend, close };
};
