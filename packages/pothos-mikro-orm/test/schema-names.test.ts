import { describe, expect, it } from 'vitest';
import { useWorld } from './support/use-world.ts';

describe('schemas', () => {
  const world = useWorld();
  const document = '{ customers { name country { name } tags { name } allInvoices { number } } }';

  it('[SI] tables are not qualified, whatever the EntityManager’s schema: search_path decides', async () => {
    const em = world.current.orm.em.fork({ schema: 'elsewhere' });
    em.setFilterParams('confidential', { clearance: true });
    const { statements, errors } = await world.current.ask(document, {}, { em });
    expect(errors).toEqual([]);
    expect(statements[0]?.text).toContain('from "customer" as');
    expect(statements[0]?.text).not.toContain('elsewhere');
  });

  it('[SI] one statement serves two schemas; each transaction sees its own', async () => {
    const { orm } = world.current;
    await orm.em.getConnection().execute(`create schema island;
      create table island.customer (like public.customer);
      create table island.customer_tags (like public.customer_tags);
      create table island.tag (like public.tag);
      create table island.invoice (like public.invoice);
      insert into island.customer (id, name, credit) values ('00000000-0000-4000-8000-00000000000a', 'Islander', 0);`);
    const names = async (schema: string) => {
      const em = world.current.em();
      await em.begin();
      await em.execute(`set local search_path to ${schema}`);
      const { data, errors, statements } = await world.current.ask(document, {}, { em });
      await em.rollback();
      expect(errors).toEqual([]);
      return { names: data.customers.map(({ name }: { name: string }) => name), text: statements[0]?.text };
    };
    const [here, there] = [await names('public'), await names('island')];
    expect(here.names).toHaveLength(4);
    expect(there.names).toEqual(['Islander']);
    expect(there.text).toBe(here.text);
  });

  it('[SI] an entity with a schema of its own stays qualified, in conditions too', async () => {
    const { statements } = await world.current.ask(document);
    expect(statements[0]?.text).toContain('from "shared"."country" as');
    const { data, statements: probe } = await world.current.ask(
      '{ probe(name: "it") { number } }',
      {},
      {
        criteria: { it: { where: { customer: { country: { name: 'Japan' } } } } as never },
      },
    );
    expect(data.probe.map(({ number }: { number: string }) => number)).toEqual(['I-002', 'I-014', 'I-020']);
    expect(probe[0]?.text).toContain('from "shared"."country" as');
  });
});
