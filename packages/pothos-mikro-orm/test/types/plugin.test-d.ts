import type { SqlEntityManager } from '@mikro-orm/sql';
import type { SchemaTypes } from '@pothos/core';
import { describe, expectTypeOf, test } from 'vitest';
import type {
  ColumnKeys,
  Columns,
  Criteria,
  EntityRow,
  PrimaryKeys,
  RelationsTo,
  ToManyKeys,
  ToOneKeys,
  Value,
} from '../../src/index.ts';
import '../../src/index.ts';
import {
  type Country,
  Customer,
  Invoice,
  invoiceStatuses,
  Line,
  type Note,
  Payment,
  Profile,
  type Tag,
} from '../support/entities.ts';

interface Types
  extends PothosSchemaTypes.ExtendDefaultTypes<{
    Context: { em: SqlEntityManager; today: Date };
    DefaultFieldNullability: false;
    Scalars: {
      ID: { Input: string; Output: string | number };
      Decimal: { Input: string; Output: string };
      DateTime: { Input: Date; Output: Date };
      BigInt: { Input: bigint; Output: bigint };
    };
  }> {}
declare const builder: PothosSchemaTypes.SchemaBuilder<Types & SchemaTypes>;
declare const overdue: () => Criteria<Invoice>;
declare const longLines: () => Criteria<Line>;

describe('what the entities say', () => {
  test('[DO] columns, relations to one and to many are told apart', () => {
    expectTypeOf<ColumnKeys<Line>>().toEqualTypeOf<'id' | 'text' | 'quantity' | 'discount'>();
    expectTypeOf<ToOneKeys<Invoice>>().toEqualTypeOf<'customer' | 'approver'>();
    expectTypeOf<ToManyKeys<Invoice>>().toEqualTypeOf<'lines'>();
    expectTypeOf<ToOneKeys<Customer>>().toEqualTypeOf<'country' | 'profile'>();
    expectTypeOf<ToOneKeys<Note>>().toEqualTypeOf<'subject'>();
    expectTypeOf<PrimaryKeys<Country>>().toEqualTypeOf<'code'>();
    expectTypeOf<RelationsTo<Invoice, Customer>>().toEqualTypeOf<'customer' | 'approver'>();
    expectTypeOf<RelationsTo<Tag, Customer>>().toEqualTypeOf<'customers'>();
    expectTypeOf<RelationsTo<Invoice, Tag>>().toEqualTypeOf<never>();
  });

  test('[DO] values are those of hydration, without brands and references', () => {
    expectTypeOf<Value<Invoice['id']>>().toEqualTypeOf<number>();
    expectTypeOf<Value<Invoice['status']>>().toEqualTypeOf<(typeof invoiceStatuses)[number]>();
    expectTypeOf<Value<Invoice['gross']>>().toEqualTypeOf<string>();
    expectTypeOf<Value<Invoice['issuedAt']>>().toEqualTypeOf<Date | null>();
    expectTypeOf<Value<Customer['credit']>>().toEqualTypeOf<bigint>();
    expectTypeOf<Columns<Invoice, 'net' | 'approver'>>().toEqualTypeOf<{
      readonly id: number;
      readonly net: string;
      readonly approver: string | null;
    }>();
  });
});

describe('criteria', () => {
  test('[DO] are MikroORM’s, of one entity', () => {
    const good: Criteria<Invoice> = {
      where: {
        status: { $in: ['paid'] },
        customer: { name: 'x' },
        lines: { $some: { quantity: { $gt: 1 } } },
      },
      orderBy: { customer: { name: 'asc' } },
      limit: 3,
    };
    expectTypeOf(good).toExtend<Criteria<Invoice>>();
    // @ts-expect-error no such property
    const typo: Criteria<Invoice> = { where: { statuss: 'paid' } };
    // @ts-expect-error no such status
    const value: Criteria<Invoice> = { where: { status: 'payed' } };
    // @ts-expect-error no such order
    const order: Criteria<Invoice> = { orderBy: { numbr: 'asc' } };
    // @ts-expect-error criteria of another entity
    const other: Criteria<Invoice> = longLines();
    void [typo, value, order, other];
  });
});

describe('fields of a type over an entity', () => {
  const Status = builder.enumType('Status', { values: invoiceStatuses });

  test('[DO] are inferred from the entity; a typo is refused', () => {
    builder.entityObject(Invoice, {
      description: 'ordinary options stay',
      fields: (t) => {
        const number = t.expose('number', { description: 'x', deprecationReason: 'y' });
        expectTypeOf(number.$inferType).toEqualTypeOf<string>();
        expectTypeOf(t.expose('issuedAt').$inferType).toEqualTypeOf<Date | null>();
        t.expose('status', { type: Status });
        const Sum = builder.objectRef<{ value: string; at: Date | null }>('Sum');
        t.group({ type: Sum, columns: { value: 'net', at: 'issuedAt' } });
        // @ts-expect-error a column that may be null
        t.group({ type: Sum, columns: { value: 'secret', at: 'issuedAt' } });
        // @ts-expect-error a member without a column
        t.group({ type: Sum, columns: { value: 'net' } });
        // @ts-expect-error a relation is not a column
        t.expose('customer');
        // @ts-expect-error no such column
        t.expose('nmber');
        // @ts-expect-error a Boolean does not carry text
        t.expose('number', { type: 'Boolean' });
        // @ts-expect-error no such option
        t.expose('number', { descriptoin: 'x' });

        expectTypeOf(t.relation('customer').$inferType).toExtend<EntityRow<Customer>>();
        expectTypeOf(t.relation('approver').$inferType).toExtend<EntityRow<Customer> | null>();
        expectTypeOf(t.relation('approver').$inferType).not.toExtend<EntityRow<Customer>>();
        const hidden = t.relation('customer', { nullable: true }).$inferType;
        expectTypeOf(hidden).not.toExtend<EntityRow<Customer>>();
        expectTypeOf(t.relation('lines').$inferType).toEqualTypeOf<EntityRow<Line>[]>();
        // @ts-expect-error a column is not a relation
        t.relation('number');
        // @ts-expect-error no such relation
        t.relation('custmer');
        t.relation('lines', {
          args: { min: t.arg.int() },
          query: ({ min }, context) => {
            expectTypeOf(min).toEqualTypeOf<number | null | undefined>();
            expectTypeOf(context.today).toEqualTypeOf<Date>();
            return { where: { quantity: { $gte: min ?? 0 } }, orderBy: { id: 'asc' } };
          },
        });
        // @ts-expect-error lines have no status
        t.relation('lines', { query: () => ({ where: { status: 'paid' } }) });
        t.relation('lines', { query: longLines });
        // @ts-expect-error criteria of another entity
        t.relation('lines', { query: overdue });

        t.relatedConnection('lines', { maxSize: 5 });
        // @ts-expect-error one row has no pages
        t.relatedConnection('customer');
        // @ts-expect-error nor a count
        t.relatedCount('customer');

        t.field({
          type: 'String',
          select: ['net', 'customer'],
          resolve: (row) => {
            expectTypeOf(row).toEqualTypeOf<{
              readonly id: number;
              readonly net: string;
              readonly customer: string;
            }>();
            return row.net;
          },
        });
        t.field({
          type: 'String',
          select: ['net'],
          // @ts-expect-error `tax` was not selected
          resolve: (row) => row.tax,
        });
        // @ts-expect-error no such column to select
        t.field({ type: 'String', select: ['nett'], resolve: () => '' });
        return { number };
      },
    });
  });

  test('[DO] the inverse of a relation that another entity owns', () => {
    builder.entityFields(Customer, (t) => {
      expectTypeOf(t.inverse(Invoice, 'customer').$inferType).toEqualTypeOf<EntityRow<Invoice>[]>();
      t.inverse(Invoice, 'approver', { query: overdue });
      t.inverseConnection(Invoice, 'customer', {
        args: { at: t.arg.string() },
        query: ({ at }) => ({ where: { number: at ?? '' } }),
      });
      t.inverseCount(Invoice, 'customer');
      // @ts-expect-error no such relation
      t.inverse(Invoice, 'custmer');
      // @ts-expect-error leads to lines, not to customers
      t.inverse(Invoice, 'lines');
      // @ts-expect-error a line does not lead to a customer
      t.inverse(Line, 'invoice');
      // @ts-expect-error criteria of another entity
      t.inverse(Invoice, 'customer', { query: longLines });
      // @ts-expect-error a count counts what leads here
      t.inverseCount(Payment, 'invoice');
      return {};
    });
  });
});

describe('root fields', () => {
  test('[DO] a service returns criteria, the plugin loads', () => {
    builder.queryType({
      fields: (t) => ({
        one: t.entityField({
          type: Invoice,
          nullable: true,
          args: { id: t.arg.int({ required: true }) },
          resolve: (read, _root, { id }, { today }) => {
            expectTypeOf(id).toEqualTypeOf<number>();
            expectTypeOf(today).toEqualTypeOf<Date>();
            return read({ key: id });
          },
        }),
        many: t.entityField({ type: [Invoice], resolve: (read) => read(overdue()) }),
        variant: t.entityField({ type: [builder.entityRef(Invoice)], resolve: (read) => read(overdue()) }),
        page: t.entityConnection({ type: Invoice, maxSize: 5, query: () => overdue() }),
        entity: t.entityField({
          type: Invoice,
          // @ts-expect-error an entity is not a row that the plugin loaded
          resolve: (_read, _root, _args, { em }) => em.findOneOrFail(Invoice, 1),
        }),
        ordinary: t.field({
          type: builder.entityRef(Invoice),
          // @ts-expect-error … nor for an ordinary field
          resolve: (_root, _args, { em }) => em.findOneOrFail(Invoice, 1),
        }),
        rows: t.field({
          type: builder.entityRef(Invoice),
          resolve: () => builder.entityRow(Invoice, { id: 1, number: 'x' }),
        }),
        keyless: t.field({
          type: builder.entityRef(Invoice),
          // @ts-expect-error a row has its key
          resolve: () => builder.entityRow(Invoice, { number: 'x' }),
        }),
        key: t.entityField({
          type: Invoice,
          // @ts-expect-error the key is a number
          resolve: (read) => read({ key: 'x' }),
        }),
        // @ts-expect-error rows of another entity
        others: t.entityField({ type: [Invoice], resolve: (read) => read(longLines()) }),
        // @ts-expect-error a page of another entity
        otherPage: t.entityConnection({ type: Invoice, query: () => longLines() }),
        wrong: t.entityConnection({
          type: Invoice,
          // @ts-expect-error no such column
          query: () => ({ where: { sku: 'x' } }),
        }),
      }),
    });
  });

  test('[DO] a mutation’s payload and a subscription’s event lead to rows', () => {
    builder.objectRef<{ invoiceId: number }>('Payload').implement({
      fields: (t) => ({
        invoice: t.entityField({ type: Invoice, resolve: (read, { invoiceId }) => read({ key: invoiceId }) }),
        // @ts-expect-error no such property of the payload
        other: t.entityField({ type: Invoice, resolve: (read, { id }) => read({ key: id }) }),
      }),
    });
    builder.subscriptionType({
      fields: (t) => ({
        changed: t.entityField({
          type: Invoice,
          subscribe: async function* () {
            yield { invoiceId: 1 };
          },
          resolve: (read, event: { invoiceId: number }) => read({ key: event.invoiceId }),
        }),
      }),
    });
    void Profile;
  });
});
