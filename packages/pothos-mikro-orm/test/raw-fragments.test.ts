import { raw } from '@mikro-orm/postgresql';
import { describe, expect, it } from 'vitest';
import { useWorld } from './support/use-world.ts';

describe('raw fragments of MikroORM', () => {
  const world = useWorld();
  const probe = (criteria: object) =>
    world.current.ask('{ probe(name: "it") { number } }', {}, { criteria: { it: criteria as never } });

  it('[DO] in a condition, with values that stay bound', async () => {
    const { data, errors, statements } = await probe({ where: { [raw('lower(number)')]: "i-001' or true" } });
    expect(errors).toEqual([]);
    expect(data.probe).toEqual([]);
    expect(statements[0]?.parameters).toContain("i-001' or true");
    expect((await probe({ where: { [raw('lower(number)')]: 'i-001' } })).data.probe).toEqual([
      { number: 'I-001' },
    ]);
  });

  it('[DO] in a condition on related rows', async () => {
    const where = { customer: { [raw((alias) => `upper(${alias}.name)`)]: 'CUSTOMER 1' } };
    const { data, errors } = await probe({ where, orderBy: { id: 'asc' } });
    expect(errors).toEqual([]);
    expect(data.probe.map(({ number }: { number: string }) => number)).toEqual([
      'I-001',
      'I-007',
      'I-013',
      'I-019',
    ]);
  });

  it.each([
    { approver: { [raw('1')]: 2 } },
    { lines: { [raw('1')]: 2 } },
    { lines: { $some: { [raw('1')]: 2 } } },
    { customer: { profile: { [raw('1')]: 2 } } },
    { number: { [raw('1')]: 2 } },
    { $and: [{ [raw('1')]: 2 }] },
  ])('[SM] is never lost, wherever it stands (%#)', async (where) => {
    const { data, errors } = await probe({ where });
    expect(errors.length > 0 || data.probe.length === 0).toBe(true);
  });

  it('[DO] in an order', async () => {
    const { data, errors } = await probe({
      orderBy: [{ [raw((alias) => `${alias}.id % ?`, [5])]: 'desc' }, { id: 'asc' }],
      limit: 3,
    });
    expect(errors).toEqual([]);
    expect(data.probe.map(({ number }: { number: string }) => number)).toEqual(['I-004', 'I-009', 'I-014']);
  });

  it('[DO] an entity as a value', async () => {
    const em = world.current.em();
    const where = {
      customer: em.getReference('Customer' as never, '00000000-0000-4000-8000-000000000001' as never),
    };
    const { data, errors } = await probe({ where });
    expect(errors).toEqual([]);
    expect(data.probe).toHaveLength(4);
  });
});
