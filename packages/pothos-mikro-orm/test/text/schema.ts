import type { MetadataStorage, SqlEntityManager } from '@mikro-orm/postgresql';
import SchemaBuilder, { type SchemaTypes } from '@pothos/core';
import relay from '@pothos/plugin-relay';
import { GraphQLScalarType } from 'graphql';
import pothosMikroOrm, { type MikroOrmOptions } from '../../src/index.ts';
import type { SplittingLimits } from '../../src/plan/splitting.ts';
import { loaderOf } from '../../src/schema/builder-loader.ts';
import { Customer, Invoice, invoiceStatuses, Line, Product, Profile, Tag } from '../exactness/entities.ts';

export interface Context {
  readonly em: SqlEntityManager;
  /** Fields, `Type.field`, that the caller may not have. */
  readonly denied?: readonly string[];
}

interface Types {
  Context: Context;
  DefaultFieldNullability: false;
  Scalars: {
    ID: { Input: string; Output: string | number };
    BigInt: { Input: bigint; Output: bigint };
    Decimal: { Input: string; Output: string };
    DateTime: { Input: Date; Output: Date };
    SafeInt: { Input: number; Output: number };
    Day: { Input: string; Output: string };
    Opaque: { Input: unknown; Output: unknown };
  };
}

const inQuotes = (column: string) => `'"' || ${column}::text || '"'`;

/** What the scalars below make of columns. */
export const texts: NonNullable<MikroOrmOptions<Types & SchemaTypes>['texts']> = {
  BigInt: [{ of: 'bigint', json: inQuotes }],
  Decimal: [{ of: 'decimal', json: inQuotes }],
  SafeInt: [
    {
      of: 'long',
      json: (column) => `${column}::text`,
      when: (column) => `${column} between -9007199254740991 and 9007199254740991`,
    },
    { of: 'int', json: (column) => `${column}::text` },
  ],
  DateTime: [
    {
      of: 'instant',
      json: (column) => `to_char(${column} at time zone 'UTC', '"\\""YYYY-MM-DD"T"HH24:MI:SS.MS"Z\\""')`,
      when: (column) => `${column} >= '1000-01-01 00:00:00Z' and ${column} < '10000-01-01 00:00:00Z'`,
    },
  ],
  Day: [
    {
      of: 'date',
      json: (column) => `to_json(${column})::text`,
      when: (column) => `${column} between '0001-01-01' and '9999-12-31'`,
    },
  ],
};

/** As Pothos's Relay plugin makes them: base64, with padding. */
export const globalIdText = (type: string, key: string): string =>
  `translate(encode(convert_to('${type}:' || ${key}, 'UTF8'), 'base64'), E'\\n', '')`;

const scalar = (name: string, serialize: (value: unknown) => unknown) =>
  new GraphQLScalarType<never, never>({ name, serialize: serialize as (value: unknown) => never });

function instant(value: unknown): string {
  if (!(value instanceof Date) || Number.isNaN(value.getTime())) throw new TypeError('No instant.');
  return value.toISOString();
}

function day(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(value)) throw new TypeError('No day.');
  return value;
}

function safe(value: unknown): unknown {
  if (!Number.isSafeInteger(value)) throw new TypeError('Not a safe integer.');
  return value;
}

export interface Options extends Partial<Pick<MikroOrmOptions<Types & SchemaTypes>, 'allowed' | 'execute'>> {
  /** When a relation leaves its statement. */
  readonly limits?: SplittingLimits;
  /** More plugins, outside of this one. */
  readonly plugins?: readonly (keyof PothosSchemaTypes.Plugins<SchemaTypes>)[];
}

export function createBuilder(metadata: MetadataStorage, { plugins = [], limits, ...options }: Options = {}) {
  const builder = new SchemaBuilder<Types>({
    plugins: [...plugins, relay, pothosMikroOrm],
    defaultFieldNullability: false,
    relay: { nodesOnConnection: true, cursorType: 'String' },
    mikroOrm: { metadata, em: ({ em }) => em, texts, globalIdText, maxSize: 20, defaultSize: 3, ...options },
  });
  if (limits) loaderOf(builder as never).limits = limits;
  builder.addScalarType('BigInt', scalar('BigInt', String));
  builder.addScalarType('Decimal', scalar('Decimal', String));
  builder.addScalarType('SafeInt', scalar('SafeInt', safe));
  builder.addScalarType('DateTime', scalar('DateTime', instant));
  builder.addScalarType('Day', scalar('Day', day));
  builder.addScalarType(
    'Opaque',
    scalar('Opaque', (value) => value),
  );
  return builder;
}

export type Builder = ReturnType<typeof createBuilder>;

/** Every kind of field that SQL can write, and some that it can't. */
export function defineTypes(builder: Builder): void {
  const Status = builder.enumType('Status', {
    values: Object.fromEntries(invoiceStatuses.map((value) => [value.toUpperCase(), { value }])),
  });
  const Amount = builder.objectRef<{ value: string; per: string }>('Amount').implement({
    fields: (t) => ({
      value: t.expose('value', { type: 'Decimal' }),
      unit: t.expose('per', { type: 'String' }),
    }),
  });

  builder.entityNode(Customer, {
    fields: (t) => ({
      name: t.expose('name'),
      email: t.expose('email'),
      taxId: t.expose('taxId'),
      credit: t.expose('credit'),
      createdAt: t.expose('createdAt'),
      deletedAt: t.expose('deletedAt'),
      profile: t.relation('profile'),
      tags: t.relation('tags', { query: () => ({ orderBy: { id: 'asc' } }) }),
      invoices: t.relation('invoices', {
        args: { first: t.arg.int() },
        query: ({ first }) => ({ limit: first ?? 4 }),
      }),
      pages: t.relatedConnection('invoices', {
        query: () => ({ orderBy: [{ issuedAt: 'desc' }, { number: 'asc' }] }),
      }),
      invoiceCount: t.relatedCount('invoices', { query: () => ({ where: { status: 'paid' as const } }) }),
    }),
  });
  builder.entityObject(Profile, {
    fields: (t) => ({
      id: t.expose('id'),
      customer: t.relation('customer'),
      born: t.expose('born', { type: 'Day' }),
      active: t.expose('active'),
      wakesAt: t.expose('wakesAt', { type: 'Opaque' }),
    }),
  });
  builder.entityObject(Tag, {
    fields: (t) => ({ id: t.expose('id'), name: t.expose('name'), customers: t.relation('customers') }),
  });
  builder.entityObject(Invoice, {
    fields: (t) => ({
      id: t.expose('id'),
      number: t.expose('number'),
      status: t.expose('status', { type: Status }),
      plainStatus: t.expose('status', { type: 'String' }),
      net: t.expose('net'),
      gross: t.expose('gross'),
      total: t.group({ type: Amount, columns: { value: 'gross', per: 'number' } }),
      issuedAt: t.expose('issuedAt'),
      dueOn: t.expose('dueOn', { type: 'Day' }),
      looseDueOn: t.expose('dueOn', { type: 'String' }),
      customer: t.relation('customer'),
      approver: t.relation('approver'),
      lines: t.relation('lines', { query: () => ({ orderBy: { id: 'desc' } }) }),
      linePages: t.relatedConnection('lines', { query: () => ({ orderBy: { quantity: 'asc' } }) }),
      lineCount: t.relatedCount('lines'),
      loud: t.field({ type: 'String', select: ['number'], resolve: ({ number }) => `${number}!` }),
    }),
  });
  builder.entityObject(Line, {
    fields: (t) => ({
      id: t.expose('id'),
      text: t.expose('description'),
      quantity: t.expose('quantity'),
      cents: t.expose('unitCents', { type: 'SafeInt' }),
      discount: t.expose('discount'),
      invoice: t.relation('invoice'),
      product: t.relation('product'),
    }),
  });
  builder.entityObject(Product, {
    fields: (t) => ({ sku: t.expose('sku'), name: t.expose('name'), parent: t.relation('parent') }),
  });
  builder.queryType({
    fields: (t) => ({
      customers: t.entityField({ type: [Customer], resolve: (read) => read({ limit: 5 }) }),
      customer: t.entityField({
        type: Customer,
        nullable: true,
        args: { id: t.arg.string({ required: true }) },
        resolve: (read, _root, { id }) => read({ key: id }),
      }),
      invoice: t.entityField({
        type: Invoice,
        args: { id: t.arg.int({ required: true }) },
        resolve: (read, _root, { id }) => read({ key: id }),
      }),
      invoices: t.entityConnection({
        type: Invoice,
        args: { status: t.arg({ type: Status }) },
        query: (_root, { status }) => ({
          where: status ? { status: status as (typeof invoiceStatuses)[number] } : {},
          orderBy: { issuedAt: 'desc' },
        }),
      }),
      lines: t.entityConnection({ type: Line, query: () => ({ orderBy: { description: 'asc' } }) }),
      hello: t.string({ resolve: () => 'hello "world"' }),
    }),
  });
}

export function createSchema(metadata: MetadataStorage, options: Options = {}) {
  const builder = createBuilder(metadata, options);
  defineTypes(builder);
  return builder.toSchema();
}
