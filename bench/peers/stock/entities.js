import { defineEntity, p } from '@mikro-orm/postgresql';
import { v7 } from 'uuid';

const identity = {
  id: p
    .uuid()
    .primary()
    .onCreate(() => v7()),
  version: p.integer().default(1),
};

export const Customer = defineEntity({
  name: 'Customer',
  tableName: 'customer',
  schema: '*',
  properties: {
    ...identity,
    name: p.string(),
    email: p.string().nullable(),
    invoices: () => p.oneToMany(Invoice).mappedBy('customer'),
  },
});

export const Invoice = defineEntity({
  name: 'Invoice',
  tableName: 'invoice',
  schema: '*',
  properties: {
    ...identity,
    customer: () => p.manyToOne(Customer),
    number: p.string().nullable(),
    status: p.string().default('draft'),
    currency: p.string(),
    issuedOn: p.date().nullable(),
    dueOn: p.date().nullable(),
    net: p.bigint('number'),
    tax: p.bigint('number'),
    gross: p.bigint('number'),
    createdAt: p.datetime().onCreate(() => new Date()),
    lines: () => p.oneToMany(InvoiceLine).mappedBy('invoice').orderBy({ position: 'asc' }),
    payments: () => p.oneToMany(Payment).mappedBy('invoice').orderBy({ receivedOn: 'asc', id: 'asc' }),
  },
});

export const InvoiceLine = defineEntity({
  name: 'InvoiceLine',
  tableName: 'invoice_line',
  schema: '*',
  properties: {
    ...identity,
    invoice: () => p.manyToOne(Invoice),
    position: p.integer(),
    description: p.string(),
    quantity: p.integer(),
    unitPrice: p.bigint('number'),
    taxRate: p.integer(),
    net: p.bigint('number'),
    tax: p.bigint('number'),
  },
});

export const Payment = defineEntity({
  name: 'Payment',
  tableName: 'payment',
  schema: '*',
  properties: {
    ...identity,
    invoice: () => p.manyToOne(Invoice),
    amount: p.bigint('number'),
    receivedOn: p.date(),
  },
});
