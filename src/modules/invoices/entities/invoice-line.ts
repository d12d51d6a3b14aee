import { defineEntity, identity, p } from '../../../module.ts';
import { Invoice } from './invoice.ts';

const InvoiceLineSchema = defineEntity({
  name: 'InvoiceLine',
  schema: '*',
  uniques: [{ properties: ['invoice', 'position'] }],
  properties: {
    ...identity(),
    invoice: () => p.manyToOne(Invoice).deleteRule('cascade'),
    position: p.integer(),
    description: p.string().length(500),
    quantity: p.integer(),
    /** Minor units of the invoice's currency. */
    unitPrice: p.bigint('number'),
    /** Hundredths of a percent: 1900 is 19 %. */
    taxRate: p.integer(),
    net: p.bigint('number'),
    tax: p.bigint('number'),
  },
});

/** One position of an invoice. */
export class InvoiceLine extends InvoiceLineSchema.class {}
InvoiceLineSchema.setClass(InvoiceLine);
