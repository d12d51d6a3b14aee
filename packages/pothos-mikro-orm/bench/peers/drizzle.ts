import SchemaBuilder from '@pothos/core';
import drizzlePlugin from '@pothos/plugin-drizzle';
import relay from '@pothos/plugin-relay';
import { defineRelations, eq } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import {
  bigint,
  getTableConfig,
  integer,
  numeric,
  type PgTable,
  pgTable,
  text,
  timestamp,
} from 'drizzle-orm/pg-core';
import { execute, parse } from 'graphql';
import { compileQuery } from 'graphql-jit';
import type { CreateContender } from '../contender.ts';
import { type Scalars, scalarNames, serialize } from '../scalars.ts';
import { connectNaming } from './naming-client.ts';

const customers = pgTable('customers', {
  id: integer('id').primaryKey(),
  name: text('name').notNull(),
  email: text('email').notNull(),
  credit: bigint('credit', { mode: 'bigint' }).notNull(),
});
const invoices = pgTable('invoices', {
  id: integer('id').primaryKey(),
  customerId: integer('customer_id').notNull(),
  number: text('number').notNull(),
  status: text('status').notNull(),
  total: numeric('total', { precision: 12, scale: 2 }).notNull(),
  issuedAt: timestamp('issued_at', { withTimezone: true, mode: 'date' }).notNull(),
});
const lines = pgTable('lines', {
  id: integer('id').primaryKey(),
  invoiceId: integer('invoice_id').notNull(),
  description: text('description').notNull(),
  quantity: integer('quantity').notNull(),
  unitCents: bigint('unit_cents', { mode: 'bigint' }).notNull(),
});
const allocations = pgTable('allocations', {
  id: integer('id').primaryKey(),
  lineId: integer('line_id').notNull(),
  method: text('method').notNull(),
  amount: numeric('amount', { precision: 12, scale: 2 }).notNull(),
  paidAt: timestamp('paid_at', { withTimezone: true, mode: 'date' }).notNull(),
});

const relations = defineRelations({ customers, invoices, lines, allocations }, (r) => ({
  customers: { invoices: r.many.invoices({ from: r.customers.id, to: r.invoices.customerId }) },
  invoices: {
    customer: r.one.customers({ from: r.invoices.customerId, to: r.customers.id, optional: false }),
    lines: r.many.lines({ from: r.invoices.id, to: r.lines.invoiceId }),
  },
  lines: { allocations: r.many.allocations({ from: r.lines.id, to: r.allocations.lineId }) },
}));

/** Drizzle's relational queries; its statements are sent under names, like those of the plugin. */
export const create: CreateContender = async (connection) => {
  const { client, backend } = await connectNaming(connection);
  const db = drizzle({ client, relations });
  const builder = new SchemaBuilder<{
    DefaultFieldNullability: false;
    DrizzleRelations: typeof relations;
    Scalars: Scalars;
  }>({
    plugins: [relay, drizzlePlugin],
    defaultFieldNullability: false,
    relay: {},
    drizzle: { client: db, getTableConfig: (table) => getTableConfig(table as PgTable), relations },
  });
  for (const name of scalarNames) builder.scalarType(name, { serialize });
  builder.drizzleObject('customers', {
    name: 'Customer',
    fields: (t) => ({
      id: t.exposeID('id'),
      name: t.exposeString('name'),
      email: t.exposeString('email'),
      credit: t.expose('credit', { type: 'BigInt' }),
      invoices: t.relation('invoices', { query: () => ({ orderBy: { id: 'asc' } }) }),
    }),
  });
  builder.drizzleObject('invoices', {
    name: 'Invoice',
    fields: (t) => ({
      id: t.exposeID('id'),
      number: t.exposeString('number'),
      status: t.exposeString('status'),
      total: t.expose('total', { type: 'Decimal' }),
      issuedAt: t.expose('issuedAt', { type: 'DateTime' }),
      customer: t.relation('customer'),
      lines: t.relation('lines', { query: () => ({ orderBy: { id: 'asc' } }) }),
    }),
  });
  builder.drizzleObject('lines', {
    name: 'Line',
    fields: (t) => ({
      id: t.exposeID('id'),
      description: t.exposeString('description'),
      quantity: t.exposeInt('quantity'),
      unitCents: t.expose('unitCents', { type: 'BigInt' }),
      allocations: t.relation('allocations', { query: () => ({ orderBy: { id: 'asc' } }) }),
    }),
  });
  builder.drizzleObject('allocations', {
    name: 'Allocation',
    fields: (t) => ({
      id: t.exposeID('id'),
      method: t.exposeString('method'),
      amount: t.expose('amount', { type: 'Decimal' }),
      paidAt: t.expose('paidAt', { type: 'DateTime' }),
    }),
  });
  const slice = { first: { type: 'Int', required: true }, offset: { type: 'Int', required: true } } as const;
  builder.queryType({
    fields: (t) => ({
      invoice: t.drizzleField({
        type: 'invoices',
        nullable: true,
        args: { id: t.arg.int({ required: true }) },
        resolve: (query, _root, { id }) => db.query.invoices.findFirst(query({ where: { id } })),
      }),
      invoices: t.drizzleField({
        type: ['invoices'],
        args: { first: t.arg(slice.first), offset: t.arg(slice.offset) },
        resolve: (query, _root, { first, offset }) =>
          db.query.invoices.findMany(query({ orderBy: { id: 'asc' }, limit: first, offset })),
      }),
      page: t.drizzleConnection({
        type: 'invoices',
        args: { status: t.arg.string({ required: true }) },
        totalCount: (_root, { status }) => db.$count(invoices, eq(invoices.status, status)),
        resolve: (query, _root, { status }) =>
          db.query.invoices.findMany(query({ where: { status }, orderBy: { id: 'desc' } })),
      }),
      customers: t.drizzleField({
        type: ['customers'],
        args: { first: t.arg(slice.first), offset: t.arg(slice.offset) },
        resolve: (query, _root, { first, offset }) =>
          db.query.customers.findMany(query({ orderBy: { id: 'asc' }, limit: first, offset })),
      }),
    }),
  });
  return {
    schema: builder.toSchema(),
    graphql: { parse, execute, compileQuery },
    context: () => ({}),
    backend,
    close: () => client.end(),
  };
};
