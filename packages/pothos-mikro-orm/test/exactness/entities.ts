// Every kind of column and relation that the plugin has to read as hydration would.
import { defineEntity, type Platform, Type } from '@mikro-orm/postgresql';

/** A column whose text is not its value: as an encrypted one, readable here. */
export class ReversedType extends Type<string, string> {
  override convertToDatabaseValue(value: string): string {
    return value === null || value === undefined ? value : `v1:${[...value].reverse().join('')}`;
  }
  override convertToJSValue(value: string, _platform: Platform): string {
    return value === null || value === undefined ? value : [...value.slice(3)].reverse().join('');
  }
  override getColumnType() {
    return 'text';
  }
}

/** Money as a value object over a composite SQL conversion: the column is bigint minor units, read through SQL. */
export class MinorUnits {
  readonly units: bigint;
  constructor(units: bigint) {
    this.units = units;
  }
}
export class MoneyType extends Type<MinorUnits, string> {
  override convertToDatabaseValue(v: MinorUnits): string {
    return v instanceof MinorUnits ? String(v.units) : v;
  }
  override convertToJSValue(v: string | number): MinorUnits {
    return new MinorUnits(BigInt(v));
  }
  override convertToJSValueSQL(key: string) {
    return `(${key} * 1)`;
  } // proves that the SQL side of a type is honoured
  override getColumnType() {
    return 'bigint';
  }
}

const AddressSchema = defineEntity({
  name: 'Address',
  embeddable: true,
  properties: (p) => ({
    street: p.text(),
    city: p.text(),
    zip: p.text().nullable(),
    movedIn: p.datetime().nullable(),
  }),
});
const PreferencesSchema = defineEntity({
  name: 'Preferences',
  embeddable: true,
  properties: (p) => ({ theme: p.text(), since: p.datetime().nullable(), limit: p.bigint().nullable() }),
});

const CustomerSchema = defineEntity({
  name: 'Customer',
  tableName: 'customers',
  properties: (p) => ({
    id: p.uuid().primary(),
    name: p.text(),
    email: p.text().nullable(),
    taxId: p.type(ReversedType).nullable(),
    credit: p.bigint(),
    address: () => p.embedded(Address),
    preferences: () => p.embedded(Preferences).object().nullable(),
    settings: p.json<{ tags?: string[]; depth?: number } | null>().nullable(),
    createdAt: p.datetime(),
    deletedAt: p.datetime().nullable(),
    formerAddresses: () => p.embedded(Address).array().nullable(),
    invoices: () => p.oneToMany(Invoice).mappedBy('customer'),
    profile: () => p.oneToOne(Profile).mappedBy('customer').ref().nullable(),
    tags: () => p.manyToMany(Tag).inversedBy('customers').pivotTable('customer_tags'),
  }),
});
const ProfileSchema = defineEntity({
  name: 'Profile',
  tableName: 'profiles',
  properties: (p) => ({
    id: p.integer().primary(),
    customer: () => p.oneToOne(Customer).inversedBy('profile').owner().ref(),
    avatar: p.blob().nullable(),
    digest: p.uint8array().nullable(),
    born: p.date().nullable(),
    wakesAt: p.time().nullable(),
    score: p.double(),
    ratio: p.float().nullable(),
    active: p.boolean(),
  }),
});
const TagSchema = defineEntity({
  name: 'Tag',
  tableName: 'tags',
  properties: (p) => ({
    id: p.smallint().primary(),
    name: p.text(),
    customers: () => p.manyToMany(Customer).mappedBy('tags'),
  }),
});
export const invoiceStatuses = ['draft', 'issued', 'paid', 'void'] as const;
const InvoiceSchema = defineEntity({
  name: 'Invoice',
  tableName: 'invoices',
  properties: (p) => ({
    id: p.integer().primary().autoincrement(),
    number: p.text(),
    status: p.enum(invoiceStatuses),
    customer: () => p.manyToOne(Customer).ref(),
    approver: () => p.manyToOne(Customer).ref().nullable(),
    lines: () => p.oneToMany(Line).mappedBy('invoice'),
    payments: () => p.oneToMany(Payment).mappedBy('invoice'),
    net: p.decimal().precision(20).scale(4),
    tax: p.decimal('number').precision(12).scale(2),
    balance: p.type(MoneyType),
    issuedAt: p.datetime().nullable(),
    dueOn: p.date().nullable(),
    labels: p.array(),
    ranks: p
      .array<number>((i) => +i)
      .columnType('int[]')
      .nullable(),
    big: p
      .array<bigint>((i) => BigInt(i))
      .columnType('bigint[]')
      .nullable(),
    gross: p
      .decimal()
      .precision(30)
      .scale(4)
      .formula((c) => `(${c.net} + ${c.tax})::numeric(30,4)`),
    notes: p.text().lazy().ref().nullable(),
    meta: p.json<unknown>().nullable(),
    period: p.string().columnType('interval').nullable(),
  }),
});
const LineSchema = defineEntity({
  name: 'Line',
  tableName: 'invoice_lines',
  properties: (p) => ({
    id: p.bigint().primary(),
    invoice: () => p.manyToOne(Invoice).ref(),
    product: () => p.manyToOne(Product).ref().nullable(),
    description: p.text(),
    quantity: p.integer(),
    unitCents: p.bigint('number'),
    discount: p.double().nullable(),
  }),
});
const ProductSchema = defineEntity({
  name: 'Product',
  tableName: 'products',
  properties: (p) => ({
    sku: p.string().primary(),
    name: p.text(),
    price: p.decimal('number').precision(12).scale(2),
    parent: () => p.manyToOne(Product).ref().nullable(),
    parts: () => p.oneToMany(Product).mappedBy('parent'),
  }),
});
const PaymentSchema = defineEntity({
  name: 'Payment',
  tableName: 'payments',
  discriminatorColumn: 'kind',
  properties: (p) => ({
    id: p.integer().primary(),
    kind: p.enum(['card', 'transfer'] as const),
    invoice: () => p.manyToOne(Invoice).ref(),
    amount: p.decimal().precision(20).scale(4),
    paidAt: p.datetime(),
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
  properties: (p) => ({ iban: p.type(ReversedType).nullable() }),
});
const NoteSchema = defineEntity({
  name: 'Note',
  tableName: 'notes',
  properties: (p) => ({
    id: p.integer().primary(),
    text: p.text(),
    subject: () => p.manyToOne([Invoice, Profile]).ref().nullable(),
  }),
});

export const priceKinds = ['list', 'net'] as const;
/** A key of two columns, and columns whose type PostgreSQL was told: an enum, a time without a zone. */
const PriceSchema = defineEntity({
  name: 'Price',
  tableName: 'prices',
  properties: (p) => ({
    sku: p.string().primary(),
    currency: p.character().length(3).primary(),
    kind: p.enum(priceKinds).nativeEnumName('price_kind'),
    amount: p.decimal().precision(20).scale(4),
    since: p.datetime().columnType('timestamp'),
    until: p.datetime().columnType('timestamptz(0)').nullable(),
    opensAt: p.string().columnType('timetz').nullable(),
    quotes: () => p.oneToMany(Quote).mappedBy('price'),
  }),
});
const QuoteSchema = defineEntity({
  name: 'Quote',
  tableName: 'quotes',
  properties: (p) => ({
    id: p.bigint().primary(),
    price: () => p.manyToOne(Price).ref(),
    note: p.text().nullable(),
  }),
});

export class Address extends AddressSchema.class {}
AddressSchema.setClass(Address);
export class Preferences extends PreferencesSchema.class {}
PreferencesSchema.setClass(Preferences);
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
export class Product extends ProductSchema.class {}
ProductSchema.setClass(Product);
export class Payment extends PaymentSchema.class {}
PaymentSchema.setClass(Payment);
export class CardPayment extends CardPaymentSchema.class {}
CardPaymentSchema.setClass(CardPayment);
export class TransferPayment extends TransferPaymentSchema.class {}
TransferPaymentSchema.setClass(TransferPayment);
export class Note extends NoteSchema.class {}
NoteSchema.setClass(Note);
export class Price extends PriceSchema.class {}
PriceSchema.setClass(Price);
export class Quote extends QuoteSchema.class {}
QuoteSchema.setClass(Quote);

/** Those whose rows can be asked for. */
export const roots = [
  Customer,
  Invoice,
  Line,
  Product,
  Profile,
  Tag,
  Payment,
  CardPayment,
  TransferPayment,
  Note,
  Price,
  Quote,
];
export const entities = [Address, Preferences, ...roots];
