import { defineEntity, identity, p } from '../../../module.ts';
import { Customer } from '../../customers/index.ts';
import { InvoiceLine } from './invoice-line.ts';

export const invoiceStatuses = ['draft', 'issued', 'paid', 'void'] as const;
export type InvoiceStatus = (typeof invoiceStatuses)[number];

const newest: { name: string; sort?: 'ASC' | 'DESC'; nulls?: 'FIRST' | 'LAST' }[] = [
  { name: 'issued_on', sort: 'DESC', nulls: 'LAST' },
  { name: 'created_at', sort: 'DESC' },
  { name: 'id' },
];

const InvoiceSchema = defineEntity({
  name: 'Invoice',
  schema: '*',
  indexes: [
    { name: 'invoice_newest', properties: ['issuedOn', 'createdAt', 'id'], columns: newest },
    { name: 'invoice_due', properties: ['dueOn', 'id'] },
    { name: 'invoice_status_due', properties: ['status', 'dueOn', 'id'] },
    {
      name: 'invoice_status_newest',
      properties: ['status', 'issuedOn', 'createdAt', 'id'],
      columns: [{ name: 'status' }, ...newest],
    },
    {
      name: 'invoice_customer_newest',
      properties: ['customer', 'issuedOn', 'createdAt', 'id'],
      columns: [{ name: 'customer_id' }, ...newest],
    },
    { name: 'invoice_gross', properties: ['gross', 'id'] },
  ],
  properties: {
    ...identity(),
    customer: () => p.manyToOne(Customer),
    /** `2026-0007`: given when the invoice is issued, without gaps. */
    number: p.string().length(20).nullable().unique(),
    status: p.enum(invoiceStatuses).default('draft'),
    /** ISO 4217 */
    currency: p.string().length(3),
    issuedOn: p.date().nullable(),
    dueOn: p.date().nullable(),
    /** When the customer was reminded that it is overdue. */
    remindedOn: p.date().nullable(),
    /** Days between issue and due date. */
    paymentDays: p.integer().default(30),
    /** Minor units of the currency, as are all amounts. */
    net: p.bigint('number').default(0),
    tax: p.bigint('number').default(0),
    gross: p.bigint('number').default(0),
    note: p.text().nullable(),
    createdAt: p.datetime().onCreate(() => new Date()),
    lines: () => p.oneToMany(InvoiceLine).mappedBy('invoice').orderBy({ position: 'asc' }),
  },
});

/** What a customer owes: draft → issued → paid | void. */
export class Invoice extends InvoiceSchema.class {}
InvoiceSchema.setClass(Invoice);
