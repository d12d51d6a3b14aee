import type { SqlEntityManager } from '@mikro-orm/sql';
import type { SchemaTypes } from '@pothos/core';
import { describe, expectTypeOf, test } from 'vitest';
import type { EntityRow } from '../../src/index.ts';
import '../../src/index.ts';
import { Customer, Invoice, Line, Profile } from '../support/entities.ts';

interface Types
  extends PothosSchemaTypes.ExtendDefaultTypes<{
    Context: { em: SqlEntityManager };
    DefaultFieldNullability: false;
  }> {}
declare const builder: PothosSchemaTypes.SchemaBuilder<Types & SchemaTypes>;

describe('variants', () => {
  test('are of the same entity', () => {
    const Draft = builder.entityObject(Invoice, { name: 'Draft', variant: true, fields: () => ({}) });
    builder.entityFields(Draft, (t) => ({ number: t.expose('number') }));
    builder.entityObject(Invoice, {
      fields: (t) => {
        expectTypeOf(t.variant(Draft).$inferType).toEqualTypeOf<EntityRow<Invoice>>();
        const draft = t.variant(Draft, { select: ['status'], isNull: ({ status }) => status !== 'draft' });
        expectTypeOf(draft.$inferType).toEqualTypeOf<EntityRow<Invoice> | null>();
        // @ts-expect-error the number was not selected
        t.variant(Draft, { select: ['status'], isNull: ({ number }) => number === '' });
        // @ts-expect-error a type over another entity
        t.variant(Customer);
        return { draft };
      },
    });
    builder.entityObject(Line, {
      fields: (t) => ({
        draft: t.relation('invoice', { type: Draft }),
        // @ts-expect-error a type over another entity
        customer: t.relation('invoice', { type: Customer }),
      }),
    });
  });

  test('an interface reads only what it selects to tell a row’s type', () => {
    builder.entityInterface(Invoice, {
      select: ['status'],
      resolveType: ({ status }) => {
        expectTypeOf(status).toEqualTypeOf<'draft' | 'issued' | 'paid' | 'void'>();
        return status;
      },
      fields: () => ({}),
    });
    builder.entityInterface(Invoice, {
      select: ['status'],
      // @ts-expect-error the number was not selected
      resolveType: ({ number }) => number,
      fields: () => ({}),
    });
  });
});

describe('one row from the other side', () => {
  test('may be missing', () => {
    builder.entityFields(Customer, (t) => {
      const profile = t.inverseOne(Profile, 'customer');
      expectTypeOf(profile.$inferType).toEqualTypeOf<EntityRow<Profile> | null>();
      // @ts-expect-error no such relation
      t.inverseOne(Profile, 'custmer');
      return { profile };
    });
  });
});

describe('rows by keys', () => {
  test('are of the key’s type, and may be missing', () => {
    builder.queryField('byKeys', (t) =>
      t.entityField({
        type: [Invoice],
        nullable: { items: true, list: false },
        resolve: async (read) => {
          const rows = await read({ keys: [1, 2] });
          expectTypeOf(rows).toEqualTypeOf<(EntityRow<Invoice> | null)[]>();
          // @ts-expect-error a number is the key
          await read({ keys: ['x'] });
          return rows;
        },
      }),
    );
  });
});

describe('rows that no relation leads to', () => {
  test('are found by the columns that the field selects', () => {
    builder.entityFields(Invoice, (t) => ({
      same: t.entityField({
        type: [Invoice],
        select: ['number'],
        resolve: (read, { number }) => read({ where: { number } }),
      }),
      other: t.entityField({
        type: [Invoice],
        select: ['number'],
        // @ts-expect-error the status was not selected
        resolve: (read, { status }) => read({ where: { status } }),
      }),
    }));
  });
});
