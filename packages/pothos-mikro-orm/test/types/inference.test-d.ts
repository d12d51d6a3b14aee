// What is inferred from the kinds of columns that `defineEntity` knows, and what can't be written wrongly.
import type { SqlEntityManager } from '@mikro-orm/sql';
import type { SchemaTypes } from '@pothos/core';
import { describe, expectTypeOf, test } from 'vitest';
import type { ColumnKeys, EntityRow, IsNullable, ToManyKeys, ToOneKeys, Value } from '../../src/index.ts';
import '../../src/index.ts';
import {
  type Address,
  Customer,
  Invoice,
  invoiceStatuses,
  type Line,
  type MinorUnits,
  type Note,
  type Preferences,
  Profile,
} from '../exactness/entities.ts';

interface Types
  extends PothosSchemaTypes.ExtendDefaultTypes<{
    Context: { em: SqlEntityManager };
    DefaultFieldNullability: false;
    Scalars: {
      DateTime: { Input: Date; Output: Date };
      Money: { Input: MinorUnits; Output: MinorUnits };
      BigInt: { Input: bigint; Output: bigint };
    };
  }> {}
declare const builder: PothosSchemaTypes.SchemaBuilder<Types & SchemaTypes>;

describe('columns', () => {
  test('have the value and the nullability that the entity says', () => {
    expectTypeOf<Value<Customer['name']>>().toEqualTypeOf<string>();
    expectTypeOf<Value<Customer['email']>>().toEqualTypeOf<string | null>();
    expectTypeOf<Value<Customer['credit']>>().toEqualTypeOf<bigint>();
    expectTypeOf<Value<Customer['deletedAt']>>().toEqualTypeOf<Date | null>();
    expectTypeOf<Value<Profile['active']>>().toEqualTypeOf<boolean>();
    expectTypeOf<Value<Invoice['tax']>>().toEqualTypeOf<number>();
    expectTypeOf<Value<Invoice['ranks']>>().toEqualTypeOf<number[] | null>();
    expectTypeOf<IsNullable<Customer['email']>>().toEqualTypeOf<true>();
    expectTypeOf<IsNullable<Customer['name']>>().toEqualTypeOf<false>();
  });

  test('of an enum have its values alone', () => {
    expectTypeOf<Value<Invoice['status']>>().toEqualTypeOf<(typeof invoiceStatuses)[number]>();
    const Status = builder.enumType('Status', { values: invoiceStatuses });
    const Other = builder.enumType('Other', { values: ['draft', 'issued', 'paid'] as const });
    builder.entityFields(Invoice, (t) => {
      t.expose('status', { type: Status });
      // @ts-expect-error the GraphQL enum lacks a value of the column
      t.expose('status', { type: Other });
      return {};
    });
  });

  test('of a custom type have what it converts to', () => {
    expectTypeOf<Value<Invoice['balance']>>().toEqualTypeOf<MinorUnits>();
    builder.entityFields(Invoice, (t) => {
      t.expose('balance', { type: 'Money' });
      // @ts-expect-error the type's value is no bigint
      t.expose('balance', { type: 'BigInt' });
      t.field({
        type: 'BigInt',
        select: ['balance'],
        resolve: ({ balance }) => balance.units,
      });
      return {};
    });
  });

  test('embedded objects are columns with properties of their own', () => {
    expectTypeOf<'address' | 'preferences'>().toExtend<ColumnKeys<Customer>>();
    expectTypeOf<Value<Customer['address']>>().toEqualTypeOf<Address>();
    expectTypeOf<Value<Customer['preferences']>>().toEqualTypeOf<Preferences | null>();
    builder.entityFields(Customer, (t) => {
      t.field({
        type: 'String',
        select: ['address'],
        resolve: ({ address }) => address.city,
      });
      t.field({
        type: 'String',
        select: ['preferences'],
        // @ts-expect-error they may be missing
        resolve: ({ preferences }) => preferences.theme,
      });
      return {};
    });
  });
});

describe('relations', () => {
  test('to one and to many are told apart', () => {
    expectTypeOf<ToOneKeys<Customer>>().toEqualTypeOf<'profile'>();
    expectTypeOf<ToManyKeys<Customer>>().toEqualTypeOf<'invoices' | 'tags'>();
    expectTypeOf<'subject'>().toExtend<ToOneKeys<Note>>();
    builder.entityFields(Invoice, (t) => {
      expectTypeOf(t.relation('customer').$inferType).toExtend<EntityRow<Customer>>();
      expectTypeOf(t.relation('lines').$inferType).toEqualTypeOf<EntityRow<Line>[]>();
      // @ts-expect-error one row has no pages
      t.relatedConnection('approver');
      expectTypeOf(t.relation('lines', { nullable: true }).$inferType).toExtend<EntityRow<Line>[] | null>();
      return {};
    });
  });

  test('that may be empty are nullable fields; others can be made so', () => {
    builder.entityFields(Invoice, (t) => {
      expectTypeOf(t.relation('approver').$inferType).toExtend<EntityRow<Customer> | null>();
      expectTypeOf(t.relation('approver').$inferType).not.toExtend<EntityRow<Customer>>();
      t.relation('approver', { nullable: true });
      // @ts-expect-error an invoice without an approver
      t.relation('approver', { nullable: false });
      t.relation('customer', { nullable: true });
      t.relation('customer', { nullable: false });
      // @ts-expect-error a column without a value
      t.expose('issuedAt', { nullable: false });
      return {};
    });
  });
});

describe('fields with resolvers', () => {
  test('select what exists, and see nothing else', () => {
    builder.entityFields(Invoice, (t) => {
      t.field({ type: 'String', select: ['number', 'status'], resolve: (row) => row.number + row.status });
      // @ts-expect-error a typo
      t.field({ type: 'String', select: ['numbr'], resolve: () => '' });
      // @ts-expect-error many rows are no column
      t.field({ type: 'String', select: ['lines'], resolve: () => '' });
      // @ts-expect-error not selected
      t.field({ type: 'String', select: ['status'], resolve: (row) => row.number });
      return {};
    });
  });

  test('give a row where the type is an entity, never the entity', () => {
    builder.entityFields(Invoice, (t) => {
      t.field({
        type: Customer,
        select: ['customer'],
        resolve: ({ customer }) => builder.entityRow(Customer, { id: customer }),
      });
      t.field({
        type: [Customer],
        resolve: () => [builder.entityRow(Customer, { id: 'x' })],
      });
      t.field({
        type: Customer,
        nullable: true,
        resolve: () => null,
      });
      t.field({
        type: Customer,
        // @ts-expect-error an entity is not a row
        resolve: (_row, _args, { em }) => em.findOneOrFail(Customer, 'x'),
      });
      t.field({
        type: [Customer],
        // @ts-expect-error nor are entities
        resolve: (_row, _args, { em }) => em.find(Customer, {}),
      });
      t.field({
        type: Customer,
        // @ts-expect-error a row of another entity
        resolve: () => builder.entityRow(Profile, { id: 1 }),
      });
      return {};
    });
  });

  test('of the root give rows, not entities', () => {
    builder.queryFields((t) => ({
      list: t.entityField({
        type: [Customer],
        // @ts-expect-error entities are not rows
        resolve: (_read, _root, _args, { em }) => em.find(Customer, {}),
      }),
      nothing: t.entityField({
        type: [Customer],
        // @ts-expect-error a list is a list
        resolve: () => null,
      }),
    }));
  });
});
