import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Choice, documents } from './documents.ts';
import { createSchema } from './schema.ts';
import { createTextWorld, type TextWorld } from './world.ts';

const key = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

const given: Choice['given'] = {
  'Query.customer': [`(id: "${key(3)}")`, `(id: "${key(9999)}")`, '(id: "none")'],
  'Query.invoice': ['(id: 1)', '(id: 7)', '(id: 12345)'],
  'Query.invoices': [
    '',
    '(first: 2)',
    '(last: 3)',
    '(first: 0)',
    '(first: 7, status: PAID)',
    '(last: 17)',
    '(first: 99)',
  ],
  'Query.lines': ['', '(first: 6)', '(last: 6)'],
  'Customer.pages': ['', '(first: 1)', '(last: 2)', '(first: 13)'],
};

const never: Choice['without'] = new Set([
  'Query.hello',
  'Invoice.loud',
  'Customer.taxId',
  'Profile.wakesAt',
  'Line.discount',
]);
/** Their edge values are for resolvers alone. */
const sometimes: Choice['without'] = new Set([
  'Customer.createdAt',
  'Customer.deletedAt',
  'Invoice.issuedAt',
  'Invoice.dueOn',
  'Profile.born',
]);

describe('a reply that SQL writes has the bytes of the one that resolvers make', () => {
  let world: TextWorld;
  /** Where no relation is batched: what is batched is not written. */
  let together: TextWorld;
  beforeAll(async () => {
    const many = Number.POSITIVE_INFINITY;
    const limits = { rows: many, wideParents: many, unstated: 10 };
    world = await createTextWorld();
    together = await createTextWorld((metadata) => createSchema(metadata, { limits }));
  });
  afterAll(async () => {
    await world[Symbol.asyncDispose]();
    await together[Symbol.asyncDispose]();
  });

  const numRuns = Number(process.env.EXACTNESS_RUNS ?? 150);

  it('[RG] for random documents over rows full of edge values', { timeout: 120_000 }, async () => {
    const ways: Record<string, number> = { resolvers: 0, text: 0, part: 0, abandoned: 0 };
    const property = fc.asyncProperty(
      documents(world.schema, { given, without: new Set() }),
      async (source) => {
        const { reply, way } = await world.written(source);
        ways[way] = (ways[way] ?? 0) + 1;
        expect(reply).toEqual(await world.ordinary(source));
      },
    );
    await fc.assert(property, { numRuns });
    for (const way of ['part', 'abandoned', 'resolvers']) expect(ways[way], way).toBeGreaterThan(0);
  });

  it('[RG] for random documents of what it can always write, of which it writes all', {
    timeout: 120_000,
  }, async () => {
    const property = fc.asyncProperty(
      documents(together.schema, { given, without: new Set([...never, ...sometimes]) }),
      async (source) => {
        const { reply, way } = await together.written(source);
        expect(reply).toEqual(await together.ordinary(source));
        if (/customer|invoice|lines/.test(source)) expect(way).toBe('text');
      },
    );
    await fc.assert(property, { numRuns });
  });
});
