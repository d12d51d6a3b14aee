import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { useWorld } from './support/use-world.ts';

/**
 * Criteria that a careless service took from a client whole. Whether they are answered or refused: the outcome must be
 * the same for a name that a hidden row has and for one that no row has.
 */
describe('nobody finds out what a hidden row holds', () => {
  const world = useWorld();
  const outcome = async (criteria: unknown) => {
    const { data, errors } = await world.current.ask(
      '{ probe(name: "it") { number } }',
      {},
      { criteria: { it: criteria as never } },
    );
    return { data, errors: errors.map(({ message }) => message.replaceAll(/Customer \d/g, 'the name')) };
  };
  const same = async (criteria: (name: string) => unknown) => {
    const [hidden, missing] = [await outcome(criteria('Customer 3')), await outcome(criteria('Customer 9'))];
    expect(hidden).toEqual(missing);
  };

  it.each<[string, (name: string) => unknown]>([
    ['a relation', (name) => ({ customer: { name } })],
    ['a column’s name', (name) => ({ customer_id: { name } })],
    ['a path', (name) => ({ 'customer.name': name })],
    ['an alias', (name) => ({ '_0.customer': { name } })],
    ['another alias', (name) => ({ 'x.customer': { name } })],
    ['an object inside a column', (name) => ({ number: { customer: { name } } })],
    ['an object to equal', (name) => ({ customer: { $eq: { name } } })],
    ['an object in a list', (name) => ({ customer: { $in: [null, { name }] } })],
    ['an object in a bare list', (name) => ({ customer: [null, { name }] })],
    ['a nested list', (name) => ({ customer: { $nin: [[{ name }]] } })],
    ['a group inside a relation', (name) => ({ customer: { $and: [{ $or: [{ name }] }] } })],
    ['a negation inside a relation', (name) => ({ customer: { $not: { name } } })],
    ['a negation inside a column', (name) => ({ number: { $not: { customer: { name } } } })],
    ['a group inside a column', (name) => ({ number: { $or: [{ customer: { name } }] } })],
    ['a quantifier inside a column', (name) => ({ number: { $some: { customer: { name } } } })],
    ['a quantifier on one row', (name) => ({ customer: { $some: { name } } })],
    ['the key of a relation', (name) => ({ customer: { id: { customer: { name } } } })],
    ['the key of the row', (name) => ({ id: { customer: { name } } })],
    ['a key that is an operator', (name) => ({ $eq: { customer: { name } } })],
    [
      'a list of conditions',
      (name) => [{ customer: { name } }, { customer: { profile: { customer: { name } } } }],
    ],
  ])('[AZ] by a condition: %s', (_what, where) => same((name) => ({ where: where(name) })));

  it.each([
    { customer: { name: 'asc' } },
    { customer_id: { name: 'asc' } },
    { 'customer.name': 'asc' },
    { customer: { deletedAt: 'desc' } },
    { customer: { profile: { customer: { name: 'desc' } } } },
  ])('[AZ] by an order: %j', async (orderBy) => {
    const before = await outcome({ orderBy: [orderBy, { id: 'asc' }], limit: 50 });
    const connection = world.current.orm.em.getConnection();
    const rename = (to: string) =>
      connection.execute(
        `update customer set name = '${to}', deleted_at = now() - interval '1 year' where name like '%3'`,
      );
    await rename('AAA 3');
    const after = await outcome({ orderBy: [orderBy, { id: 'asc' }], limit: 50 });
    await rename('Customer 3');
    expect(after).toEqual(before);
  });

  it('[AZ] by anything that is a condition, or is none', { timeout: 60_000 }, async () => {
    const keys = [
      'id',
      'number',
      'customer',
      'customer_id',
      'approver',
      'lines',
      'tags',
      'profile',
      'name',
      'invoice',
      'x.customer',
      '_0.id',
    ].concat([
      '$and',
      '$or',
      '$not',
      '$eq',
      '$ne',
      '$gt',
      '$in',
      '$nin',
      '$some',
      '$none',
      '$every',
      '$size',
      '$all',
      '$like',
      '$exists',
    ]);
    const marker = '<name>';
    const { where } = fc.letrec<{ value: unknown; where: unknown }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small', maxDepth: 4 },
        fc.constantFrom(
          null,
          1,
          marker,
          true,
          [],
          [marker, null],
          {},
          { name: marker },
          { customer: { name: marker } },
        ),
        tie('where'),
        fc.array(tie('where'), { maxLength: 2 }),
      ),
      where: fc.dictionary(fc.constantFrom(...keys), tie('value'), { maxKeys: 3 }),
    }));
    const check = fc.asyncProperty(where, async (found) => {
      const text = JSON.stringify(found);
      await same((name) => ({ where: JSON.parse(text.replaceAll(marker, name)), limit: 50 }));
    });
    await fc.assert(check, { numRuns: Number(process.env.PROBING_RUNS ?? 500) });
  });
});
