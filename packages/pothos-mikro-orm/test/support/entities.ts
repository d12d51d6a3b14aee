// A small invoicing domain: the entities that the behaviour tests are about.
import { defineEntity } from '@mikro-orm/postgresql';

const CountrySchema = defineEntity({
  name: 'Country',
  tableName: 'country',
  schema: 'shared',
  properties: (p) => ({ code: p.string().primary(), name: p.text() }),
});

/** Hidden when it was deleted; knows nothing of invoices. */
const CustomerSchema = defineEntity({
  name: 'Customer',
  tableName: 'customer',
  schema: '*',
  filters: { live: { name: 'live', cond: { deletedAt: null }, default: true } },
  properties: (p) => ({
    id: p.uuid().primary(),
    name: p.text(),
    email: p.text().nullable(),
    credit: p.bigint(),
    settings: p.json<Record<string, unknown>>().nullable(),
    deletedAt: p.datetime().nullable(),
    country: () => p.manyToOne(Country).ref().nullable(),
    profile: () => p.oneToOne(Profile).mappedBy('customer').ref().nullable(),
    tags: () => p.manyToMany(Tag).inversedBy('customers').pivotTable('customer_tags'),
  }),
});

const ProfileSchema = defineEntity({
  name: 'Profile',
  tableName: 'profile',
  properties: (p) => ({
    id: p.integer().primary(),
    customer: () => p.oneToOne(Customer).inversedBy('profile').owner().ref(),
    motto: p.text().nullable(),
  }),
});

const TagSchema = defineEntity({
  name: 'Tag',
  tableName: 'tag',
  properties: (p) => ({
    id: p.integer().primary(),
    name: p.text(),
    customers: () => p.manyToMany(Customer).mappedBy('tags'),
  }),
});

export const invoiceStatuses = ['draft', 'issued', 'paid', 'void'] as const;

/** Confidential ones are hidden unless the filter's parameters say otherwise: a policy that is a function, and async. */
const InvoiceSchema = defineEntity({
  name: 'Invoice',
  tableName: 'invoice',
  filters: {
    confidential: {
      name: 'confidential',
      cond: async (args: { clearance: boolean }) => (args.clearance ? {} : { confidential: false }),
      default: true,
    },
  },
  properties: (p) => ({
    id: p.integer().primary(),
    number: p.text(),
    status: p.enum(invoiceStatuses),
    confidential: p.boolean(),
    secret: p.text().nullable(),
    issuedAt: p.datetime().nullable(),
    net: p.decimal().precision(12).scale(2),
    tax: p.decimal().precision(12).scale(2),
    gross: p
      .decimal()
      .precision(12)
      .scale(2)
      .formula((c) => `(${c.net} + ${c.tax})`),
    customer: () => p.manyToOne(Customer).ref(),
    approver: () => p.manyToOne(Customer).ref().nullable(),
    lines: () => p.oneToMany(Line).mappedBy('invoice'),
  }),
});

const LineSchema = defineEntity({
  name: 'Line',
  tableName: 'line',
  properties: (p) => ({
    id: p.integer().primary(),
    invoice: () => p.manyToOne(Invoice).ref(),
    text: p.text(),
    quantity: p.integer(),
    discount: p.double().nullable(),
  }),
});

const PaymentSchema = defineEntity({
  name: 'Payment',
  tableName: 'payment',
  discriminatorColumn: 'kind',
  properties: (p) => ({
    id: p.integer().primary(),
    kind: p.enum(['card', 'transfer'] as const),
    amount: p.integer(),
    invoice: () => p.manyToOne(Invoice).ref(),
  }),
});
const CardPaymentSchema = defineEntity({
  name: 'CardPayment',
  extends: PaymentSchema,
  discriminatorValue: 'card',
  properties: (p) => ({ last4: p.text().nullable() }),
});
const TransferPaymentSchema = defineEntity({
  name: 'TransferPayment',
  extends: PaymentSchema,
  discriminatorValue: 'transfer',
  properties: (p) => ({ iban: p.text().nullable() }),
});

const NoteSchema = defineEntity({
  name: 'Note',
  tableName: 'note',
  properties: (p) => ({
    id: p.integer().primary(),
    text: p.text(),
    subject: () => p.manyToOne([Invoice, Profile]).ref().nullable(),
  }),
});

export class Country extends CountrySchema.class {}
CountrySchema.setClass(Country);
export class Customer extends CustomerSchema.class {}
CustomerSchema.setClass(Customer);
export class Profile extends ProfileSchema.class {}
ProfileSchema.setClass(Profile);
export class Tag extends TagSchema.class {}
TagSchema.setClass(Tag);
export class Invoice extends InvoiceSchema.class {}
InvoiceSchema.setClass(Invoice);
export class Line extends LineSchema.class {}
LineSchema.setClass(Line);
export class Payment extends PaymentSchema.class {}
PaymentSchema.setClass(Payment);
export class CardPayment extends CardPaymentSchema.class {}
CardPaymentSchema.setClass(CardPayment);
export class TransferPayment extends TransferPaymentSchema.class {}
TransferPaymentSchema.setClass(TransferPayment);
export class Note extends NoteSchema.class {}
NoteSchema.setClass(Note);

export const entities = [
  Country,
  Customer,
  Profile,
  Tag,
  Invoice,
  Line,
  Payment,
  CardPayment,
  TransferPayment,
  Note,
];
