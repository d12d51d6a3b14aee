import { defineEntity } from '@mikro-orm/postgresql';

const CustomerSchema = defineEntity({
  name: 'Customer',
  tableName: 'customers',
  properties: (p) => ({
    id: p.integer().primary(),
    name: p.text(),
    email: p.text(),
    credit: p.bigint(),
    invoices: () => p.oneToMany(Invoice).mappedBy('customer'),
  }),
});

const InvoiceSchema = defineEntity({
  name: 'Invoice',
  tableName: 'invoices',
  properties: (p) => ({
    id: p.integer().primary(),
    number: p.text(),
    status: p.text(),
    total: p.decimal(),
    issuedAt: p.datetime(),
    customer: () => p.manyToOne(Customer).ref(),
    lines: () => p.oneToMany(Line).mappedBy('invoice'),
  }),
});

const LineSchema = defineEntity({
  name: 'Line',
  tableName: 'lines',
  properties: (p) => ({
    id: p.integer().primary(),
    description: p.text(),
    quantity: p.integer(),
    unitCents: p.bigint(),
    invoice: () => p.manyToOne(Invoice).ref(),
    allocations: () => p.oneToMany(Allocation).mappedBy('line'),
  }),
});

const AllocationSchema = defineEntity({
  name: 'Allocation',
  tableName: 'allocations',
  properties: (p) => ({
    id: p.integer().primary(),
    method: p.text(),
    amount: p.decimal(),
    paidAt: p.datetime(),
    line: () => p.manyToOne(Line).ref(),
  }),
});

export class Customer extends CustomerSchema.class {}
CustomerSchema.setClass(Customer);
export class Invoice extends InvoiceSchema.class {}
InvoiceSchema.setClass(Invoice);
export class Line extends LineSchema.class {}
LineSchema.setClass(Line);
export class Allocation extends AllocationSchema.class {}
AllocationSchema.setClass(Allocation);

export const entities = [Customer, Invoice, Line, Allocation];
