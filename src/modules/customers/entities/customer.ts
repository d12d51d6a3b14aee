import { defineEntity, encrypted, identity, p } from '../../../module.ts';

const CustomerSchema = defineEntity({
  name: 'Customer',
  schema: '*',
  indexes: [
    { name: 'customer_name', properties: ['name', 'id'] },
    { name: 'customer_city', properties: ['city', 'id'] },
    { name: 'customer_created_at', properties: ['createdAt', 'id'] },
  ],
  properties: {
    ...identity(),
    name: p.string().length(200),
    email: p.string().length(254).nullable(),
    street: p.string().length(200),
    postalCode: p.string().length(20),
    city: p.string().length(100),
    /** ISO 3166-1 alpha-2 */
    country: p.string().length(2),
    /** As the country's tax office writes it. */
    taxId: encrypted().nullable(),
    /** An IBAN without spaces. */
    bankAccount: encrypted().nullable(),
    createdAt: p.datetime().onCreate(() => new Date()),
  },
});

/** Someone whom the tenant sends invoices to. */
export class Customer extends CustomerSchema.class {}
CustomerSchema.setClass(Customer);
