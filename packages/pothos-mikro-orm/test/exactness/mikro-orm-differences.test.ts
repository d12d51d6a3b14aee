import { describe, expect, it } from 'vitest';
import { Invoice as HiddenInvoice, Tag } from '../support/entities.ts';
import { useWorld } from '../support/use-world.ts';
import { Customer, Invoice } from './entities.ts';
import { useZone, zones } from './use-zone.ts';

// Each states what MikroORM 7.2.1 does, so that its change is noticed; docs/mikro-orm-differences.md says what we do.
describe('MikroORM', () => {
  const zone = useZone(zones[0]);
  const world = useWorld();

  it('cuts a list by the order of a formula whose text names the order column', async () => {
    const { orm } = zone.current;
    const where = { $not: { lines: { quantity: 5 } } };
    const find = (limit?: number) =>
      orm.em.fork().find(Invoice, where, {
        orderBy: { net: 'desc', id: 'asc' },
        ...(limit === undefined ? {} : { limit }),
      });
    const [all, cut] = [await find(), await find(11)];
    expect(cut).toHaveLength(11);
    expect(cut.map(({ id }) => id)).not.toEqual(all.slice(0, 11).map(({ id }) => id));
  });

  it('leaves a collection empty that is populated by way of an inverse 1:1 and back', async () => {
    const { orm } = zone.current;
    const populate = ['profile.customer.invoices'] as never;
    const found = await orm.em
      .fork()
      .find(Customer, { profile: { $ne: null } }, { populate, strategy: 'select-in' });
    const there = await orm.em.fork().find(Customer, { profile: { $ne: null } }, { populate: ['invoices'] });
    const number = (rows: Customer[]) => rows.reduce((sum, { invoices }) => sum + invoices.length, 0);
    expect(found.every(({ invoices }) => invoices.isInitialized())).toBe(true);
    expect(number(there)).toBeGreaterThan(0);
    expect(number(found)).toBe(0);
  });

  it('finds no rows of a single-table inheritance through a joined relation to its root', async () => {
    const { orm } = zone.current;
    const payments = async (strategy: 'joined' | 'select-in') => {
      const found = await orm.em.fork().find(Invoice, {}, { populate: ['payments'], strategy });
      return found.reduce((sum, invoice) => sum + invoice.payments.length, 0);
    };
    expect(await payments('select-in')).toBe(60);
    expect(await payments('joined')).toBe(0);
  });

  it('asks hidden rows inside $some', async () => {
    const where = { customers: { $some: { name: 'Customer 3' } } };
    const found = await world.current.em().find(Tag, where);
    expect(found.map(({ name }) => name)).toEqual(['secret']);
    const criteria = { it: { where } as never };
    const { data } = await world.current.ask('{ tags(probe: "it") { name } }', {}, { criteria });
    expect(data.tags).toEqual([]);
  });

  it('drops a row whose relation leads to a hidden one', async () => {
    const em = world.current.em(true);
    expect(await em.find(HiddenInvoice, {})).toHaveLength(16);
    const { data } = await world.current.ask(
      '{ invoices(limit: 50) { id } }',
      {},
      { em: world.current.em(true) },
    );
    expect(data.invoices).toHaveLength(24);
  });
});
