import type { InsulaBuilder } from '../../module.ts';
import { Customer } from '../customers/index.ts';
import { MAX_LINES } from './amounts.ts';
import { Invoice } from './entities/invoice.ts';
import { InvoiceLine } from './entities/invoice-line.ts';
import { defineInvoiceMutations } from './graphql-mutations.ts';
import { invoiceService } from './service.ts';
import { invoiceChanged } from './topics.ts';

/** An amount of money: minor units and their currency, never a float. */
export interface Money {
  amount: number;
  currency: string;
}

/** Invoices and their lines, and the invoices of a customer. */
export function defineInvoiceTypes(builder: InsulaBuilder): void {
  const MoneyType = builder.objectRef<Money>('Money').implement({
    description: 'An amount of money.',
    permission: 'public',
    fields: (t) => ({
      amount: t.expose('amount', {
        type: 'SafeInt',
        description: 'In minor units of the currency, such as cents.',
      }),
      currency: t.expose('currency', { type: 'Currency', description: 'The currency, such as EUR.' }),
    }),
  });

  const InvoiceStatus = builder.enumType('InvoiceStatus', {
    description: 'Where an invoice stands.',
    values: {
      DRAFT: { value: 'draft', description: 'Can still be changed.' },
      ISSUED: { value: 'issued', description: 'Has its number; the customer is to pay.' },
      PAID: { value: 'paid', description: 'Paid in full.' },
      VOID: { value: 'void', description: 'Cancelled.' },
    } as const,
  });

  const InvoiceOrder = builder.enumType('InvoiceOrder', {
    description: 'The order of a list of invoices.',
    values: {
      NEWEST: { value: 'newest', description: 'Last issued first; drafts at the end.' },
      DUE_FIRST: { value: 'dueFirst', description: 'Due first; those without a due date at the end.' },
    } as const,
  });

  const InvoiceFilter = builder.inputType('InvoiceFilter', {
    description: 'Which invoices.',
    fields: (t) => ({
      status: t.field({ type: [InvoiceStatus], description: 'In one of these.' }),
      dueBefore: t.field({ type: 'LocalDate', description: 'Due before that day.' }),
    }),
  });

  builder.entityObject(InvoiceLine, {
    description: 'One position of an invoice.',
    permission: 'invoices:read',
    fields: (t) => ({
      position: t.expose('position', { description: 'Its place on the invoice, from 1.' }),
      description: t.expose('description', { description: 'What was delivered or done.' }),
      quantity: t.expose('quantity', { description: 'How many.' }),
      unitPrice: t.expose('unitPrice', {
        type: 'SafeInt',
        description: 'The price of one, in minor units of the invoice’s currency.',
      }),
      taxRate: t.expose('taxRate', { description: 'Hundredths of a percent: 1900 is 19 %.' }),
      net: t.expose('net', {
        type: 'SafeInt',
        description: 'Quantity times price, before tax, in minor units of the invoice’s currency.',
      }),
      tax: t.expose('tax', {
        type: 'SafeInt',
        description: 'The tax on it, in minor units of the invoice’s currency.',
      }),
    }),
  });

  builder.entityNode(Invoice, {
    description: 'What a customer owes.',
    permission: 'invoices:read',
    fields: (t) => ({
      version: t.expose('version', { description: 'Grows with every change.' }),
      number: t.expose('number', {
        description: 'Given when the invoice is issued; a year’s numbers have no gaps.',
      }),
      status: t.expose('status', { type: InvoiceStatus, description: 'Where the invoice stands.' }),
      issuedOn: t.expose('issuedOn', {
        type: 'LocalDate',
        description: 'The day it was issued; null for a draft.',
      }),
      dueOn: t.expose('dueOn', {
        type: 'LocalDate',
        description: 'The last day to pay; null for a draft.',
      }),
      paymentDays: t.expose('paymentDays', { description: 'Days to pay, from the day it is issued.' }),
      note: t.expose('note', { description: 'A remark for the customer.' }),
      createdAt: t.expose('createdAt', { description: 'When the draft was created.' }),
      net: t.group({
        type: MoneyType,
        description: 'The sum of the lines before tax.',
        columns: { amount: 'net', currency: 'currency' },
      }),
      tax: t.group({
        type: MoneyType,
        description: 'The sum of the lines’ taxes.',
        columns: { amount: 'tax', currency: 'currency' },
      }),
      gross: t.group({
        type: MoneyType,
        description: 'What is to be paid: net and tax.',
        columns: { amount: 'gross', currency: 'currency' },
      }),
      customer: t.relation('customer', {
        description: 'Who is to pay.',
        permission: 'customers:read',
      }),
      lines: t.relation('lines', {
        description: 'The positions, in their order.',
        query: () => ({ orderBy: { position: 'asc' }, limit: MAX_LINES }),
      }),
    }),
  });

  builder.entityFields(Customer, (t) => ({
    invoices: t.inverseConnection(Invoice, 'customer', {
      description: 'The customer’s invoices, a page at a time.',
      permission: 'invoices:read',
      args: {
        filter: t.arg({ type: InvoiceFilter, description: 'Which ones; all when left out.' }),
        order: t.arg({ type: InvoiceOrder, defaultValue: 'newest', description: 'In what order.' }),
      },
      query: ({ filter, order }, { use }) => use(invoiceService).list(filter ?? {}, order ?? 'newest'),
    }),
    invoiceCount: t.inverseCount(Invoice, 'customer', {
      description: 'How many invoices the caller may see.',
      permission: 'invoices:read',
    }),
  }));

  builder.queryFields((t) => ({
    invoice: t.entityField({
      description: 'The invoice with that id.',
      permission: 'invoices:read',
      type: Invoice,
      nullable: true,
      args: { id: t.arg.globalID({ required: true, for: Invoice, description: 'Its global id.' }) },
      resolve: (read, _root, { id }, { use }) => read(use(invoiceService).byId(id.id)),
    }),
    invoices: t.entityConnection({
      description: 'Invoices, a page at a time.',
      permission: 'invoices:read',
      type: Invoice,
      args: {
        filter: t.arg({ type: InvoiceFilter, description: 'Which ones; all when left out.' }),
        order: t.arg({ type: InvoiceOrder, defaultValue: 'newest', description: 'In what order.' }),
      },
      query: (_root, { filter, order }, { use }) => use(invoiceService).list(filter ?? {}, order ?? 'newest'),
    }),
  }));

  builder.subscriptionFields((t) => ({
    invoiceChanged: t.entityField({
      description: 'An invoice that was created or is in another status, as the caller may see it now.',
      permission: 'invoices:read',
      type: Invoice,
      args: {
        status: t.arg({ type: [InvoiceStatus], description: 'Only invoices that now are in one of these.' }),
      },
      subscribe: (_root, _args, { events }) => events(invoiceChanged),
      resolve: (read, { id }, { status }, { use }) => read(use(invoiceService).ifIn(id, status)),
    }),
  }));

  defineInvoiceMutations(builder);
}
