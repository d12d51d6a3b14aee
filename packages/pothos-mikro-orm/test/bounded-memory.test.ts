import { defineEntity } from '@mikro-orm/postgresql';
import { execute, parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Statements } from '../src/load/statements.ts';
import { Budget } from '../src/plan/budget.ts';
import { loaderOf } from '../src/schema/builder-loader.ts';
import { Plans } from '../src/selection/plans.ts';
import { createSmallWorld, type SmallWorld } from './support/small-world.ts';

const BookSchema = defineEntity({
  name: 'Book',
  properties: (p) => ({ id: p.integer().primary(), title: p.text(), pages: p.integer() }),
});
class Book extends BookSchema.class {}
BookSchema.setClass(Book);

describe('what is kept for a client that sends ever new documents and shapes is bounded', () => {
  let world: SmallWorld;
  let loader: ReturnType<typeof loaderOf>;
  let built = 0;
  beforeAll(async () => {
    world = await createSmallWorld(
      [Book],
      (builder) => {
        loader = loaderOf(builder as never);
        builder.entityObject(Book, { fields: (t) => ({ id: t.expose('id'), title: t.expose('title') }) });
        builder.queryType({
          fields: (t) => ({
            books: t.entityField({
              type: [Book],
              args: { shape: t.arg.int({ defaultValue: 0 }) },
              resolve: (read, _root, { shape }) =>
                read({
                  where: { $or: Array.from({ length: shape ?? 0 }, (_, i) => ({ pages: { $gt: i } })) },
                }),
            }),
          }),
        });
      },
      { seed: `insert into book values (1, 'One', 10), (2, 'Two', 20)` },
    );
    const driver = world.orm.em.getDriver();
    const create = driver.createQueryBuilder.bind(driver);
    driver.createQueryBuilder = ((...args: Parameters<typeof create>) => {
      built++;
      return create(...args);
    }) as typeof driver.createQueryBuilder;
  });
  afterAll(() => world[Symbol.asyncDispose]());

  it('by number: what is used stays, what was used least recently goes', async () => {
    loader.statements = new Statements({ count: 5, size: 1_000_000 });
    const usual = '{ books { title } }';
    const document = (n: number) => `{ a${n}: books(shape: ${n}) { id } }`;
    for (let n = 1; n <= 20; n++) {
      await world.ask(document(n));
      await world.ask(usual);
      expect(loader.statements.kept.count).toBeLessThanOrEqual(5);
    }
    expect(loader.statements.kept.count).toBe(5);
  });

  it('by size: long statements leave room for few, and one that is too long is not kept', async () => {
    loader.statements = new Statements({ count: 1000, size: 20_000 });
    for (let n = 1; n <= 40; n++) await world.ask(`{ books(shape: ${n}) { id } }`);
    const { count, size } = loader.statements.kept;
    expect(count).toBeGreaterThan(1);
    expect(count).toBeLessThan(40);
    expect(size).toBeLessThanOrEqual(20_000);
    await world.ask('{ books(shape: 300) { id } }');
    expect(loader.statements.kept).toEqual({ count, size });
  });

  it('what went is built again, and answers as before', async () => {
    loader.statements = new Statements({ count: 1, size: 1_000_000 });
    const schema = world.schema;
    const [one, other] = [parse('{ books(shape: 1) { title } }'), parse('{ books(shape: 2) { id } }')];
    const ask = async (document: typeof one) => {
      built = 0;
      const { data } = await execute({ schema, document, contextValue: { em: world.orm.em.fork() } });
      return { data: JSON.parse(JSON.stringify(data)), built };
    };
    const first = await ask(one);
    expect((await ask(one)).built).toBe(0);
    await ask(other);
    const again = await ask(one);
    expect(again.built).toBeGreaterThan(0);
    expect(again.data).toEqual(first.data);
  });

  it('plans too, by number and by size', async () => {
    loader.plans = new Plans(undefined, { count: 10, size: 1000 });
    for (let n = 1; n <= 30; n++) await world.ask(`{ b${n}: books { id title } }`);
    expect(loader.plans.kept.count).toBe(10);
    loader.plans = new Plans(undefined, { count: 1000, size: 40 });
    for (let n = 1; n <= 30; n++) await world.ask(`{ b${n}: books { id title } }`);
    expect(loader.plans.kept.size).toBeLessThanOrEqual(40);
    expect(loader.plans.kept.count).toBeLessThan(30);
  });

  it('a ticket that was used goes after one that was not, and what is dropped no longer counts', () => {
    const gone: string[] = [];
    const budget = new Budget({ count: 2, size: 100 });
    const [first, second, third] = [{}, {}, {}];
    budget.keep(first, 1, () => gone.push('first'));
    budget.keep(second, 1, () => gone.push('second'));
    budget.use(first);
    budget.keep(third, 1, () => gone.push('third'));
    expect(gone).toEqual(['second']);
    budget.drop(third);
    expect({ count: budget.count, size: budget.size }).toEqual({ count: 1, size: 1 });
  });
});
