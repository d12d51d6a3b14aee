import {
  type EntityMetadata,
  type EntityProperty,
  MikroORM,
  Reference,
  ScalarReference,
} from '@mikro-orm/postgresql';
import fc from 'fast-check';
import { execute, type GraphQLSchema, parse } from 'graphql';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEmptyDatabase, type EmptyDatabase } from '../support/database.ts';
import {
  CardPayment,
  Customer,
  entities,
  Invoice,
  Line,
  Note,
  Payment,
  Product,
  Profile,
  Tag,
  TransferPayment,
} from './entities.ts';
import { columnsOf, everythingSchema, isToMany, relationsOf } from './schema.ts';
import { seed } from './seed.ts';

const roots = [Customer, Invoice, Line, Product, Profile, Tag, Payment, CardPayment, TransferPayment, Note];

/** A random selection: columns, and relations with selections of their own. */
interface Tree {
  columns: string[];
  relations: Record<string, Tree>;
}

const someDate = new Date('2000-01-01');
const wheres: Record<string, object[]> = {
  Customer: [
    { credit: 9007199254740993n },
    { credit: { $in: [42n, 0n, 9223372036854775807n] } },
    { taxId: 'plain' },
    { taxId: { $in: ['plain', '', "it's"] } },
    { deletedAt: null },
    { address: { city: 'plain' } },
    { tags: { $some: { id: { $gt: 4 } } } },
    { tags: 3 },
    { tags: { id: [1, 2] } },
    { tags: { $none: { id: 1 } } },
    { invoices: { $none: { status: 'paid' } } },
    { invoices: { $every: { status: { $ne: 'paid' } } } },
    { invoices: { lines: { quantity: { $gt: 90 } } } },
    { settings: { depth: 3 } },
    { preferences: { theme: 'plain' } },
    { createdAt: { $gt: someDate } },
    { $or: [{ email: null }, { email: { $like: 'p%' } }] },
    { profile: null },
    { profile: { active: true } },
    { profile: { avatar: null } },
  ],
  Invoice: [
    { status: { $in: ['paid', 'void', 'draft'] } },
    { net: { $gt: '10' } },
    { customer: { name: 'plain' } },
    { customer: { id: '00000000-0000-4000-8000-000000000003' } },
    { lines: { quantity: { $gt: 90 } } },
    { lines: { product: { parent: null } } },
    { $not: { status: 'paid' } },
    { $not: { approver: { email: 'plain' } } },
    { gross: { $lt: '5' } },
    { approver: null },
    { approver: { email: null } },
    [{ status: 'paid' }, { approver: { email: null } }],
    { $or: [] },
    { $and: [] },
    { $not: { lines: { quantity: 5 } } },
    { $not: { $or: [{ approver: { email: null } }, { status: 'paid' }] } },
    { customer: {} },
    { approver: {} },
    { lines: { $some: { quantity: 5 }, $none: { quantity: 7 } } },
    { lines: { $every: { discount: { $gt: 0 } } } },
    { approver: { email: { $ne: null } } },
    { $and: [{ approver: { name: { $ne: 'plain' } } }, { customer: { credit: { $gte: 0n } } }] },
    { $or: [{ approver: { name: 'plain' } }, { id: { $lt: 5 } }] },
    { id: [3, 4, 5] },
    { id: { $nin: [3, 4, 5] } },
    { dueOn: '2024-02-29' },
    { labels: { $contains: ['plain'] } },
  ],
  Line: [
    { id: 9007199254741000n },
    { discount: { $gt: 0 } },
    { invoice: { customer: { credit: { $lt: 0n } } } },
    { product: { parent: { sku: { $ne: null } } } },
    { product: { parent: { name: null } } },
    { product: ['sku1', 'sku2'] },
  ],
};
const orders: Record<string, object[]> = {
  Customer: [
    { name: 'asc', id: 'asc' },
    [{ createdAt: 'desc' }, { id: 'asc' }],
    { address: { city: 'desc' }, id: 'asc' },
  ],
  Invoice: [
    { customer: { name: 'asc' }, id: 'desc' },
    { gross: 'desc', id: 'asc' },
    { approver: { name: 'desc nulls last' }, id: 'asc' },
  ],
  Line: [
    { quantity: 'desc', id: 'asc' },
    { product: { parent: { name: 'asc' } }, id: 'asc' },
  ],
};

describe('a selection is exactly what em.find and populate give', () => {
  let database: EmptyDatabase;
  let orm: MikroORM;
  let schema: GraphQLSchema;
  const of = (entity: unknown): EntityMetadata => orm.getMetadata().get(entity as never);

  beforeAll(async () => {
    database = await createEmptyDatabase();
    orm = new MikroORM({ clientUrl: database.url, entities, pool: { min: 0, max: 3 } });
    await orm.schema.create();
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await seed(client);
    await client.end();
    schema = everythingSchema(orm.getMetadata(), roots.map(of));
  });
  afterAll(async () => {
    await orm.close();
    await database[Symbol.asyncDispose]();
  });

  // No entity twice on one path: there populate of 7.2.1 leaves collections empty that are not.
  function tree(entity: EntityMetadata, depth: number, seen: readonly unknown[] = []): fc.Arbitrary<Tree> {
    const path = [...seen, entity.root.class];
    const columns = fc.subarray(columnsOf(entity));
    if (depth === 0) return columns.map((names) => ({ columns: names, relations: {} }));
    const free = relationsOf(entity).filter((p) => p.polymorphic || !path.includes(p.targetMeta?.root.class));
    const names = fc.subarray(
      free.map(({ name }) => String(name)),
      { maxLength: Math.min(2, free.length) },
    );
    return fc
      .tuple(columns, names)
      .chain(([selected, relations]) =>
        fc
          .record(
            Object.fromEntries(relations.map((name) => [name, below(propertyOf(entity, name), depth, path)])),
          )
          .map((found) => ({ columns: selected, relations: found })),
      );
  }
  const below = (property: EntityProperty, depth: number, path: readonly unknown[]): fc.Arbitrary<Tree> =>
    property.polymorphic
      ? fc.constant({ columns: [], relations: {} })
      : tree(targetOf(property), depth - 1, path);
  const propertyOf = (entity: EntityMetadata, name: string): EntityProperty => {
    const property = (entity.properties as Record<string, EntityProperty>)[name];
    if (!property) throw new Error(name);
    return property;
  };
  const targetOf = (property: EntityProperty): EntityMetadata => of(property.targetMeta?.class);

  /** The selection as GraphQL; the key always, to know the rows by. */
  function selection(entity: EntityMetadata, { columns, relations }: Tree): string {
    const parts = Object.entries(relations).map(([name, sub]) => {
      const property = propertyOf(entity, name);
      if (!property.polymorphic) return `${name} ${selection(targetOf(property), sub)}`;
      const types = (property.polymorphTargets ?? []).map(({ className }) => `... on ${className} { id }`);
      return `${name} { ${types.join(' ')} }`;
    });
    return `{ ${[...new Set([...entity.primaryKeys, ...columns])].join(' ')} ${parts.join(' ')} }`;
  }

  const populate = (entity: EntityMetadata, { columns, relations }: Tree, at = ''): string[] => [
    ...columns.filter((name) => propertyOf(entity, name).lazy).map((name) => at + name),
    ...Object.entries(relations).flatMap(([name, sub]) => [
      at + name,
      ...(propertyOf(entity, name).polymorphic
        ? []
        : populate(targetOf(propertyOf(entity, name)), sub, `${at}${name}.`)),
    ]),
  ];

  /** What hydration gave, in the form of the answer. */
  function hydrated(loaded: object, entity: EntityMetadata, { columns, relations }: Tree): object {
    const values = loaded as Record<string, unknown>;
    const out: Record<string, unknown> = {};
    for (const name of [...entity.primaryKeys, ...columns]) out[name] = comparable(values[name]);
    for (const [name, sub] of Object.entries(relations)) {
      const property = propertyOf(entity, name);
      const value = values[name];
      if (isToMany(property)) {
        const target = targetOf(property);
        const items = (value as { getItems(): object[] }).getItems();
        out[name] = [...items].sort(byKey(target)).map((item) => hydrated(item, target, sub));
      } else {
        const one = value ? Reference.unwrapReference(value as object) : null;
        out[name] =
          one && hydrated(one, property.polymorphic ? of(one.constructor) : targetOf(property), sub);
      }
    }
    return out;
  }

  const cases = () =>
    fc.constantFrom(...roots).chain((root) => {
      const entity = of(root);
      const key = entity.primaryKeys[0] ?? 'id';
      return fc.record({
        root: fc.constant(entity.className),
        tree: tree(entity, 3),
        where: fc.constantFrom({}, ...(wheres[entity.className] ?? [])),
        orderBy: fc.constantFrom({ [key]: 'asc' }, ...(orders[entity.className] ?? [])),
        limit: fc.option(fc.integer({ min: 1, max: 15 }), { nil: undefined }),
      });
    });

  it('[DO] for random selections, conditions, orders and limits', { timeout: 120_000 }, async () => {
    const check = fc.asyncProperty(cases(), async ({ root, tree: wanted, where, orderBy, limit }) => {
      const entity = of(roots.find(({ name }) => name === root));
      const { data, errors } = await execute({
        schema,
        document: parse(`{ ${root} ${selection(entity, wanted)} }`),
        contextValue: { em: orm.em.fork(), criteria: { where: structuredClone(where), orderBy, limit } },
      });
      expect(errors).toBeUndefined();
      const found = await orm.em.fork().find(entity.class as never, structuredClone(where) as never, {
        populate: populate(entity, wanted) as never,
        orderBy: orderBy as never,
        strategy: 'select-in',
        ...(limit === undefined ? {} : { limit }),
      });
      expect(comparable(data?.[root])).toEqual(found.map((one: object) => hydrated(one, entity, wanted)));
    });
    await fc.assert(check, { numRuns: Number(process.env.EXACTNESS_RUNS ?? 150) });
  });
});

const byKey =
  ({ primaryKeys: [key = 'id'] }: EntityMetadata) =>
  (a: object, b: object): number => {
    const [left, right] = [a[key as never], b[key as never]];
    return left < right ? -1 : left > right ? 1 : 0;
  };

/** Values side by side, whatever holds them; types that differ stay different. */
function comparable(value: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (value instanceof ScalarReference) return comparable(value.unwrap());
  if (value instanceof Date) return `Date(${value.getTime()})`;
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'number')
    return Object.is(value, -0) ? '-0' : Number.isFinite(value) ? value : String(value);
  if (value instanceof Uint8Array) return `${value.constructor.name}(${Buffer.from(value).toString('hex')})`;
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== 'object') return value;
  const entries = Object.entries(value).filter(([key]) => !key.startsWith('__'));
  return Object.fromEntries(entries.map(([key, item]) => [key, comparable(item)]));
}
