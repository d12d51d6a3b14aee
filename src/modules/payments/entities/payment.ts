import { defineEntity, identity, p } from '../../../module.ts';
import { Invoice } from '../../invoices/index.ts';

const PaymentSchema = defineEntity({
  name: 'Payment',
  schema: '*',
  properties: {
    ...identity(),
    invoice: () => p.manyToOne(Invoice),
    /** Minor units of the invoice's currency. */
    amount: p.bigint('number'),
    receivedOn: p.date(),
    reference: p.string().length(200).nullable(),
    createdAt: p.datetime().onCreate(() => new Date()),
  },
});

/** Money that came in for an invoice, entered by hand. */
export class Payment extends PaymentSchema.class {}
PaymentSchema.setClass(Payment);
