import { defineEntity, identity, p } from '../../../module.ts';

const InvoiceSeriesSchema = defineEntity({
  name: 'InvoiceSeries',
  schema: '*',
  properties: {
    ...identity(),
    year: p.integer().unique(),
    lastNumber: p.integer(),
  },
});

/** The last invoice number that was given in a year. */
export class InvoiceSeries extends InvoiceSeriesSchema.class {}
InvoiceSeriesSchema.setClass(InvoiceSeries);
