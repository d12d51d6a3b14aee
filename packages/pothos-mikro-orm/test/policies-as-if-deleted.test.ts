import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorld, type World } from './support/world.ts';

type Entity = 'Customer' | 'Invoice' | 'Line' | 'Tag' | 'Profile';
type Where = fc.Arbitrary<object>;

const uuid = (n: number) => `00000000-0000-4000-8000-00000000000${n}`;
/** Conditions that tell hidden rows from others, if they can. */
const columns: Record<Entity, object[]> = {
  Customer: [
    { name: 'Customer 3' },
    { name: { $gt: 'Customer 2' } },
    { email: null },
    { email: { $ne: null } },
    { deletedAt: null },
    { deletedAt: { $ne: null } },
    { id: [uuid(1), uuid(3)] },
  ],
  Invoice: [
    { number: 'I-008' },
    { confidential: true },
    { secret: { $ne: null } },
    { secret: null },
    { status: 'draft' },
    { gross: { $gt: '9' } },
    { id: { $gt: 7 } },
  ],
  Line: [{ quantity: { $gt: 3 } }, { discount: null }, { id: 22 }],
  Tag: [{ name: 'secret' }, { id: { $lt: 3 } }],
  Profile: [{ motto: null }, { id: 3 }],
};
const toOne: Record<Entity, [string, Entity][]> = {
  Customer: [['profile', 'Profile']],
  Invoice: [
    ['customer', 'Customer'],
    ['approver', 'Customer'],
  ],
  Line: [['invoice', 'Invoice']],
  Tag: [],
  Profile: [['customer', 'Customer']],
};
const toMany: Record<Entity, [string, Entity][]> = {
  Customer: [['tags', 'Tag']],
  Invoice: [['lines', 'Line']],
  Line: [],
  Tag: [['customers', 'Customer']],
  Profile: [],
};

function where(entity: Entity, depth: number): Where {
  const own: Where = fc.constantFrom(...columns[entity]);
  if (depth === 0) return own;
  const deeper = (target: Entity) => where(target, depth - 1);
  return fc.oneof(
    own,
    ...toOne[entity].map(([name, target]) => deeper(target).map((inner) => ({ [name]: inner }))),
    ...toMany[entity].flatMap(([name, target]) => [
      deeper(target).map((inner) => ({ [name]: inner })),
      fc
        .tuple(fc.constantFrom('$some', '$none', '$every'), deeper(target))
        .map(([quantifier, inner]) => ({ [name]: { [quantifier]: inner } })),
      fc.nat(3).map((size) => ({ [name]: { $size: size } })),
    ]),
    fc.array(where(entity, depth - 1), { minLength: 1, maxLength: 2 }).map((of) => ({ $or: of })),
    fc.array(where(entity, depth - 1), { minLength: 1, maxLength: 2 }).map((of) => ({ $and: of })),
    where(entity, depth - 1).map((inner) => ({ $not: inner })),
  );
}

const orders: object[] = [
  { id: 'asc' },
  [{ customer: { name: 'asc' } }, { id: 'asc' }],
  [{ customer: { deletedAt: 'desc' } }, { id: 'desc' }],
  [{ approver: { email: 'desc nulls last' } }, { id: 'asc' }],
  [{ approver: { profile: { motto: 'asc' } } }, { id: 'asc' }],
];

const document = `{
  probe(name: "it") {
    number secret approver { name } lineCount
    customer { name invoiceCount profile { motto customer { name } } tags { name customerCount customers { name } }
      invoices(first: 2) { totalCount nodes { number } edges { cursor } pageInfo { hasNextPage } } approved { number } }
    lines { id invoice { number } }
  }
}`;

/** The whole meaning of a row policy: the caller's answers are those of a database without the hidden rows. */
describe('a hidden row is as good as deleted', () => {
  let hiding: World;
  let batching: World;
  let deleted: World;
  beforeAll(async () => {
    const limits = { rows: 0, wideParents: 0, unstated: 10 };
    [hiding, batching, deleted] = await Promise.all([createWorld(), createWorld({ limits }), createWorld()]);
    await deleted.orm.em.getConnection().executeDump(`
      alter table profile drop constraint profile_customer_id_fkey;
      alter table customer_tags drop constraint customer_tags_customer_id_fkey;
      alter table invoice drop constraint invoice_customer_id_fkey, drop constraint invoice_approver_id_fkey;
      alter table line drop constraint line_invoice_id_fkey;
      alter table payment drop constraint payment_invoice_id_fkey;
      delete from customer where deleted_at is not null;
      delete from invoice where confidential;`);
  });
  afterAll(async () => {
    await hiding[Symbol.asyncDispose]();
    await batching[Symbol.asyncDispose]();
    await deleted[Symbol.asyncDispose]();
  });

  it('[AZ] for random conditions, orders and everything that can be selected', {
    timeout: 60_000,
  }, async () => {
    const cases = fc.record({
      where: where('Invoice', 3),
      orderBy: fc.constantFrom(...orders),
      limit: fc.constantFrom(3, 50),
    });
    const check = fc.asyncProperty(cases, async (criteria) => {
      const [seen, batched, expected] = await Promise.all(
        [hiding, batching, deleted].map((world) =>
          world.ask(document, {}, { criteria: { it: structuredClone(criteria) as never } }),
        ),
      );
      expect(seen?.errors).toEqual([]);
      expect(seen?.data).toEqual(expected?.data);
      expect(seen?.statements.length).toBeLessThanOrEqual(criteria.limit === 3 ? 1 : 2);
      expect(batched?.errors).toEqual([]);
      expect(batched?.data).toEqual(expected?.data);
    });
    await fc.assert(check, { numRuns: Number(process.env.POLICY_RUNS ?? 200) });
  });
});
