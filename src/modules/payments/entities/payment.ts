import { defineEntity, identity, p } from '../../../module.ts';
import { Invoice } from '../../invoices/index.ts';

export const paymentStatuses = ['pending', 'processing', 'succeeded', 'failed'] as const;
export type PaymentStatus = (typeof paymentStatuses)[number];

const PaymentSchema = defineEntity({
  name: 'Payment',
  schema: '*',
  indexes: [
    {
      name: 'payment_newest',
      properties: ['receivedOn', 'createdAt', 'id'],
      columns: [
        { name: 'received_on', sort: 'DESC', nulls: 'FIRST' },
        { name: 'created_at', sort: 'DESC' },
        { name: 'id' },
      ],
    },
    { name: 'payment_invoice_oldest', properties: ['invoice', 'receivedOn', 'createdAt', 'id'] },
    { name: 'payment_amount', properties: ['amount', 'id'] },
    { name: 'payment_status', properties: ['status', 'id'] },
  ],
  properties: {
    ...identity(),
    invoice: () => p.manyToOne(Invoice),
    /** Minor units of the invoice's currency. */
    amount: p.bigint('number'),
    status: p.enum(paymentStatuses).default('succeeded'),
    /** The day the money came in; null before that. */
    receivedOn: p.date().nullable(),
    reference: p.string().length(200).nullable(),
    /** What the provider is to charge: its name for a card or an account. Null for what was entered by hand. */
    paymentMethod: p.string().length(255).nullable().hidden(),
    /** The provider's name of the charge, written down before any money moves. */
    charge: p.string().length(255).nullable().unique(),
    /** Why the provider charged nothing. */
    failure: p.string().length(500).nullable(),
    createdAt: p.datetime().onCreate(() => new Date()),
  },
});

/** Money that came in for an invoice, entered by hand, or that a provider is asked to collect. */
export class Payment extends PaymentSchema.class {}
PaymentSchema.setClass(Payment);
