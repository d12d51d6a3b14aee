import type { MikroORM, SqlEntityManager } from '@mikro-orm/postgresql';
import SchemaBuilder, { type SchemaTypes } from '@pothos/core';
import relay from '@pothos/plugin-relay';
import { GraphQLScalarType } from 'graphql';
import pothosMikroOrm, { type Criteria, type EntityRow, type MikroOrmOptions } from '../../src/index.ts';
import type { SplittingLimits } from '../../src/plan/splitting.ts';
import { loaderOf } from '../../src/schema/builder-loader.ts';
import {
  CardPayment,
  Country,
  Customer,
  Invoice,
  invoiceStatuses,
  Line,
  Note,
  Payment,
  Profile,
  Tag,
  TransferPayment,
} from './entities.ts';

export interface Context {
  readonly em: SqlEntityManager;
  /** Criteria that a test tries: `probe(criteria)` in the schema reads them. */
  readonly criteria?: Record<string, Criteria<never>>;
  /** What `byAnyKey` takes for a key, whatever it is. */
  readonly key?: unknown;
  readonly visible?: boolean;
  readonly denied?: readonly string[];
  readonly events?: AsyncIterable<number>;
}

export interface Types {
  Context: Context;
  DefaultFieldNullability: false;
  Scalars: {
    ID: { Input: string; Output: string | number };
    BigInt: { Input: bigint; Output: bigint };
    Decimal: { Input: string; Output: string };
    DateTime: { Input: Date; Output: Date };
  };
}

export type Options = Pick<
  Partial<MikroOrmOptions<Types & SchemaTypes>>,
  'execute' | 'allowed' | 'visible' | 'maxSize' | 'defaultSize'
> & {
  /** When relations are batched: other limits than the plugin's own. */
  limits?: SplittingLimits;
};

export function createBuilder(orm: Pick<MikroORM, 'getMetadata'>, { limits, ...options }: Options = {}) {
  const builder = new SchemaBuilder<Types>({
    plugins: [relay, pothosMikroOrm],
    defaultFieldNullability: false,
    relay: {},
    mikroOrm: { orm, em: ({ em }) => em, ...options },
  });
  if (limits) loaderOf(builder as never).limits = limits;
  const text = (value: unknown) => (value instanceof Date ? value.toISOString() : String(value));
  builder.addScalarType('BigInt', new GraphQLScalarType<bigint, string>({ name: 'BigInt', serialize: text }));
  builder.addScalarType(
    'Decimal',
    new GraphQLScalarType<string, string>({ name: 'Decimal', serialize: text }),
  );
  builder.addScalarType(
    'DateTime',
    new GraphQLScalarType<Date, string>({ name: 'DateTime', serialize: text }),
  );
  return builder;
}

type Builder = ReturnType<typeof createBuilder>;

/** `Invoice`, and what it adds to `Customer`, which is defined later: modules come in any order. */
function invoices(builder: Builder): void {
  const Status = builder.enumType('InvoiceStatus', { values: invoiceStatuses });
  const byStatus = (status: (typeof invoiceStatuses)[number] | null | undefined): Criteria<Invoice> => ({
    ...(status ? { where: { status } } : {}),
    orderBy: { number: 'asc' },
  });

  builder.entityFields(Customer, (t) => ({
    invoices: t.inverseConnection(Invoice, 'customer', {
      args: { status: t.arg({ type: Status }) },
      query: ({ status }) => byStatus(status),
    }),
    allInvoices: t.inverse(Invoice, 'customer', {
      args: { status: t.arg({ type: Status }) },
      query: ({ status }) => byStatus(status),
    }),
    approved: t.inverse(Invoice, 'approver'),
    invoiceCount: t.inverseCount(Invoice, 'customer', {
      args: { status: t.arg({ type: Status }) },
      query: ({ status }) => byStatus(status),
    }),
  }));

  builder.entityObject(Invoice, {
    description: 'A demand for money.',
    fields: (t) => ({
      id: t.expose('id'),
      number: t.expose('number', { description: 'Without gaps.' }),
      status: t.expose('status', { type: Status }),
      secret: t.expose('secret'),
      issuedAt: t.expose('issuedAt'),
      net: t.expose('net'),
      gross: t.expose('gross'),
      sum: t.field({ type: 'String', select: ['net', 'tax'], resolve: ({ net, tax }) => `${net}+${tax}` }),
      hint: t.field({
        type: 'String',
        nullable: true,
        select: ['secret'],
        resolve: ({ secret }) => secret?.slice(-1),
      }),
      customer: t.relation('customer', { nullable: true }),
      approver: t.relation('approver'),
      lines: t.relation('lines', {
        args: { first: t.arg.int(), min: t.arg.int() },
        query: ({ first, min }) => ({
          where: typeof min === 'number' ? { quantity: { $gte: min } } : {},
          orderBy: { id: 'asc' },
          limit: first ?? undefined,
        }),
      }),
      someLines: t.relation('lines', { maxSize: 2 }),
      linePages: t.relatedConnection('lines', { defaultSize: 2, maxSize: 5 }),
      lineCount: t.relatedCount('lines'),
      payments: t.inverse(Payment, 'invoice'),
    }),
  });

  builder.entityObject(Line, {
    fields: (t) => ({
      id: t.expose('id'),
      text: t.expose('text'),
      quantity: t.expose('quantity'),
      discount: t.expose('discount'),
      invoice: t.relation('invoice', { nullable: true }),
    }),
  });

  const PaymentRef = builder.entityInterface(Payment, {
    fields: (t) => ({
      id: t.expose('id'),
      amount: t.expose('amount'),
      invoice: t.relation('invoice', { nullable: true }),
    }),
  });
  builder.entityObject(CardPayment, {
    interfaces: [PaymentRef],
    fields: (t) => ({ last4: t.expose('last4') }),
  });
  builder.entityObject(TransferPayment, {
    interfaces: [PaymentRef],
    fields: (t) => ({ iban: t.expose('iban') }),
  });

  const Subject = builder.unionType('Subject', {
    types: [builder.entityRef(Invoice), builder.entityRef(Profile)],
  });
  builder.entityObject(Note, {
    fields: (t) => ({
      id: t.expose('id'),
      text: t.expose('text'),
      subject: t.relation('subject', { type: Subject }),
    }),
  });

  builder.queryFields((t) => ({
    invoice: t.entityField({
      type: Invoice,
      nullable: true,
      args: { id: t.arg.int({ required: true }) },
      resolve: (read, _root, { id }) => read({ key: id }),
    }),
    byAnyKey: t.entityField({
      type: Invoice,
      nullable: true,
      resolve: (read, _root, _args, { key }) => read({ key: key as number }),
    }),
    invoiceOrError: t.entityField({
      type: Invoice,
      args: { id: t.arg.int({ required: true }) },
      resolve: (read, _root, { id }) => read({ key: id }),
    }),
    invoices: t.entityField({
      type: [Invoice],
      args: {
        status: t.arg({ type: Status }),
        limit: t.arg.int(),
        offset: t.arg.int(),
        ids: t.arg.intList(),
      },
      resolve: (read, _root, { status, limit, offset, ids }) =>
        read({
          where: { ...(status ? { status } : {}), ...(ids ? { id: { $in: ids } } : {}) },
          orderBy: { id: 'asc' },
          limit: limit ?? undefined,
          offset: offset ?? undefined,
        }),
    }),
    invoicePages: t.entityConnection({
      type: Invoice,
      args: { status: t.arg({ type: Status }), by: t.arg.string() },
      defaultSize: 4,
      maxSize: 30,
      query: (_root, { status, by }) => ({ ...byStatus(status), orderBy: orders[by ?? 'number'] }),
    }),
    probe: t.entityField({
      type: [Invoice],
      args: { name: t.arg.string({ required: true }) },
      resolve: (read, _root, { name }, { criteria }) => read(criteria?.[name] ?? {}),
    }),
    payments: t.entityField({
      type: [Payment],
      resolve: (read) => read({ orderBy: { id: 'asc' } }),
    }),
    notes: t.entityField({ type: [Note], resolve: (read) => read({ orderBy: { id: 'asc' } }) }),
    /** Rows from another source: keys, and one column. */
    favourites: t.field({
      type: [builder.entityRef(Invoice)],
      args: { ids: t.arg.intList({ required: true }) },
      resolve: (_root, { ids }): EntityRow<Invoice>[] =>
        ids.map((id) => builder.entityRow(Invoice, { id, number: `known ${id}` })),
    }),
  }));

  const IssuePayload = builder.objectRef<{ invoiceId: number }>('IssueInvoicePayload').implement({
    fields: (t) => ({
      message: t.string({ resolve: () => 'issued' }),
      invoice: t.entityField({ type: Invoice, resolve: (read, { invoiceId }) => read({ key: invoiceId }) }),
    }),
  });
  builder.mutationFields((t) => ({
    issue: t.field({
      type: IssuePayload,
      args: { id: t.arg.int({ required: true }) },
      resolve: async (_root, { id }, { em }) => {
        const invoice = await em.findOneOrFail(Invoice, id);
        invoice.status = 'issued';
        await em.flush();
        return { invoiceId: id };
      },
    }),
  }));
  builder.subscriptionField('invoiceChanged', (t) =>
    t.entityField({
      type: Invoice,
      subscribe: (_root, _args, { events }) => events ?? never(),
      resolve: (read, id: number) => read({ key: id }),
    }),
  );
}

async function* never(): AsyncGenerator<number> {}

const orders: Record<string, Criteria<Invoice>['orderBy']> = {
  number: { number: 'asc' },
  status: { status: 'desc' },
  issued: { issuedAt: 'asc' },
  issuedFirst: { issuedAt: 'desc nulls last' },
  issuedDown: { issuedAt: 'desc' },
  customer: { customer: { name: 'desc' } },
  gross: { gross: 'desc' },
};

function customers(builder: Builder): void {
  builder.entityNode(Customer, {
    visible: ({ visible }) => visible !== false,
    fields: (t) => ({
      name: t.expose('name'),
      email: t.expose('email'),
      credit: t.expose('credit'),
      country: t.relation('country'),
      profile: t.relation('profile'),
      tags: t.relation('tags', { query: () => ({ orderBy: { id: 'asc' } }) }),
    }),
  });
  builder.entityObject(Country, { fields: (t) => ({ code: t.expose('code'), name: t.expose('name') }) });
  builder.entityObject(Profile, {
    fields: (t) => ({
      id: t.expose('id'),
      motto: t.expose('motto'),
      customer: t.relation('customer', { nullable: true }),
    }),
  });
  builder.entityObject(Tag, {
    fields: (t) => ({
      id: t.expose('id'),
      name: t.expose('name'),
      customers: t.relation('customers', { query: () => ({ orderBy: { name: 'asc' } }) }),
      customerCount: t.relatedCount('customers'),
    }),
  });
  builder.queryFields((t) => ({
    customers: t.entityField({
      type: [Customer],
      args: { name: t.arg.string() },
      resolve: (read, _root, { name }) => read({ where: name ? { name } : {}, orderBy: { name: 'asc' } }),
    }),
    customer: t.entityField({
      type: Customer,
      nullable: true,
      args: { name: t.arg.string({ required: true }) },
      resolve: (read, _root, { name }) => read({ where: { name } }),
    }),
    tags: t.entityField({
      type: [Tag],
      args: { probe: t.arg.string() },
      resolve: (read, _root, { probe }, { criteria }) =>
        read(criteria?.[probe ?? ''] ?? { orderBy: { id: 'asc' } }),
    }),
  }));
}

export function createSchema(orm: Pick<MikroORM, 'getMetadata'>, options: Options = {}) {
  const builder = createBuilder(orm, options);
  builder.queryType({});
  builder.mutationType({});
  builder.subscriptionType({});
  invoices(builder);
  customers(builder);
  return builder.toSchema();
}
