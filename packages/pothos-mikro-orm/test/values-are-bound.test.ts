import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { useWorld } from './support/use-world.ts';

/** Marks that can't be in a statement by chance. */
const mark = fc
  .tuple(
    fc.stringMatching(/^[a-z]{12}$/),
    fc.constantFrom('', "'", '"', '?', '\\?', '??', '$1', '--', ';', '\\', '%', '::'),
  )
  .map(([word, odd]) => `Mk${word}${odd}`);
/** Numbers beyond the usual sizes, which alone are written into the text. */
const number = fc.integer({ min: 1_000_003, max: 2_000_000_000 });

describe('what a client or a service gives is bound, and never in the text of a statement', () => {
  const never = { rows: Number.POSITIVE_INFINITY, wideParents: Number.POSITIVE_INFINITY, unstated: 10 };
  const whole = useWorld({ limits: never });
  const batching = useWorld({ limits: { rows: 0, wideParents: 0, unstated: 10 } });

  it('[DS] random texts and numbers in every argument, condition, cursor, limit, offset and key', {
    timeout: 60_000,
  }, async () => {
    const check = fc.asyncProperty(
      fc.array(mark, { minLength: 8, maxLength: 8 }),
      fc.array(number, { minLength: 8, maxLength: 8 }),
      async (texts, numbers) => {
        const [a, b, c, d, e, f, g, h] = texts;
        const [n0, n1, n2, n3, n4, n5, n6, n7] = numbers;
        const where = {
          number: { $in: [a, b] },
          secret: { $ne: c },
          $or: [{ status: { $like: `${d}%` } }, { $not: { number: { $gt: e } } }],
          customer: { name: f, settings: { depth: n0 }, tags: { $none: { name: g } } },
          lines: { $some: { text: { $ilike: h }, quantity: { $gte: n1 }, id: [n2, n3] } },
        };
        const criteria = { it: { where, limit: n4, offset: n5 } as never };
        const cursor = Buffer.from(JSON.stringify([a, String(n6)])).toString('base64url');
        const document = `query ($name: String!, $cursor: String, $n: Int, $ids: [Int!], $id: Int!) {
          probe(name: "it") { number customer { name } lines { id } }
          customer(name: $name) { name invoices(first: 3, after: $cursor) { nodes { number } } }
          all: customers { name invoices(last: 2, before: $cursor) { nodes { number } } }
          invoicePages(first: 2, after: $cursor) { nodes { id } }
          invoices(ids: $ids, offset: $n, limit: $n) { id lines(min: $n, first: $n) { id } }
          here: invoices { id lines(min: $n, first: $n) { id } }
          invoice(id: $id) { id }
        }`;
        const variables = { name: b, cursor, n: n7, ids: [n2, n6, n3], id: n6 };
        for (const world of [whole.current, batching.current]) {
          const { errors, statements } = await world.ask(document, variables, { criteria });
          expect(errors).toEqual([]);
          const sql = statements.map(({ text }) => text).join('\n');
          for (const planted of [...texts, ...numbers.map(String), cursor])
            expect(sql).not.toContain(planted);
          // They did arrive.
          const bound = statements.flatMap(({ parameters }) => parameters.map(String)).join('\n');
          for (const planted of texts.slice(0, 6)) expect(bound).toContain(planted);
          for (const planted of [n0, n1, n4, n5, n6, n7]) expect(bound).toContain(String(planted));
        }
      },
    );
    await fc.assert(check, { numRuns: 40 });
  });
});
