import { type DocumentNode, execute, parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { executeWithKysely } from '../src/index.ts';
import type { Context } from './support/schema.ts';
import { createWorld, type World } from './support/world.ts';

/** SQL is built once for a document and a shape of criteria: seen by how often MikroORM's query builder is asked for. */
describe('statements are reused', () => {
  let world: World;
  let built = 0;
  const texts: string[] = [];
  beforeAll(async () => {
    world = await createWorld({
      execute: ({ em }: Context, text, parameters) => {
        texts.push(text);
        return executeWithKysely(em, text, parameters);
      },
    });
    const driver = world.orm.em.getDriver();
    const create = driver.createQueryBuilder.bind(driver);
    driver.createQueryBuilder = ((...args: Parameters<typeof create>) => {
      built++;
      return create(...args);
    }) as typeof driver.createQueryBuilder;
  });
  afterAll(() => world[Symbol.asyncDispose]());

  const run = async (document: DocumentNode, variableValues: Record<string, unknown>, clearance = false) => {
    built = 0;
    texts.length = 0;
    const contextValue = { em: world.em(clearance) };
    const { data, errors } = await execute({ schema: world.schema, document, variableValues, contextValue });
    expect(errors).toBeUndefined();
    return { data: JSON.parse(JSON.stringify(data)), built, texts: [...texts] };
  };

  it('[DO] the same document with other values is the same SQL', async () => {
    const document = parse(
      'query ($s: InvoiceStatus, $n: Int!, $min: Int) { invoices(status: $s, limit: $n) { id status lines(min: $min) { quantity } } }',
    );
    const first = await run(document, { s: 'paid', n: 7, min: 1 });
    expect(first.built).toBeGreaterThan(0);
    for (const [s, n, min] of [
      ['void', 8, 5],
      ['draft', 9, 2],
      ['paid', 7, 1],
    ] as const) {
      const again = await run(document, { s, n, min });
      expect(again.built).toBe(0);
      expect(again.texts).toEqual(first.texts);
      for (const { status, lines } of again.data.invoices) {
        expect(status).toBe(s);
        for (const { quantity } of lines) expect(quantity).toBeGreaterThanOrEqual(min);
      }
    }
  });

  it('[DO] another shape is other SQL', async () => {
    const document = parse(
      'query ($s: InvoiceStatus, $ids: [Int!]) { invoices(status: $s, ids: $ids) { id } }',
    );
    const shapes = [
      await run(document, {}),
      await run(document, { s: 'paid' }),
      await run(document, { ids: [1, 2] }),
      await run(document, { ids: [1, 2, 3] }),
    ];
    expect(new Set(shapes.map(({ texts }) => texts[0])).size).toBe(4);
    // lists are padded to a power of two
    const padded = await run(document, { ids: [5, 6, 7, 9] });
    expect(padded.built).toBe(0);
    expect(padded.data.invoices).toHaveLength(4);
    expect(shapes[3]?.data.invoices).toHaveLength(3);
    expect((await run(document, { ids: [] })).data.invoices).toEqual([]);
  });

  it('[AZ] a policy that is a function is asked each time: cached SQL never opens a door', async () => {
    const document = parse('{ invoices(limit: 50) { id } }');
    expect((await run(document, {})).data.invoices).toHaveLength(21);
    expect((await run(document, {}, true)).data.invoices).toHaveLength(24);
    const again = await run(document, {});
    expect(again.built).toBe(0);
    expect(again.data.invoices).toHaveLength(21);
  });

  it('[AZ] callers with other rights at the same time each see their own', async () => {
    const document = parse('query ($n: Int) { invoices(limit: 50) { id lines(first: $n) { id } } }');
    const asked = Array.from({ length: 40 }, (_, i) => ({ clearance: i % 2 === 0, n: 1 + (i % 3) }));
    const answers = await Promise.all(asked.map(({ clearance, n }) => run(document, { n }, clearance)));
    for (const [i, { data }] of answers.entries()) {
      expect(data.invoices).toHaveLength(asked[i]?.clearance ? 24 : 21);
      expect(data.invoices[0].lines).toHaveLength(asked[i]?.n ?? 0);
    }
  });

  it('[DO] aliases with other arguments, over and over', async () => {
    const document = parse(
      'query ($n: Int) { invoice(id: 1) { a: lines(first: $n) { id } b: lines(first: 1) { id } } }',
    );
    for (const n of [1, 2, 3, 2]) {
      const { data } = await run(document, { n });
      expect([data.invoice.a.length, data.invoice.b.length]).toEqual([n, 1]);
    }
  });

  it('[DO] all tenants share what was built: the schema is not in the text', async () => {
    const schemas = ['tenant_a', 'tenant_b'];
    for (const name of schemas) {
      await world.orm.em
        .getConnection()
        .executeDump(
          `create schema ${name}; create table ${name}.tag (like public.tag); insert into ${name}.tag values (1, '${name}')`,
        );
    }
    const document = parse('{ tags { name } }');
    const answers = [];
    for (const name of [...schemas, ...schemas]) {
      built = 0;
      texts.length = 0;
      const data = await world.em().transactional(async (em) => {
        await em.execute(`set local search_path to ${name}`);
        return (await execute({ schema: world.schema, document, contextValue: { em } })).data;
      });
      answers.push({ data: JSON.parse(JSON.stringify(data)), built, text: texts[0] });
    }
    expect(answers.map(({ data }) => data.tags)).toEqual([...schemas, ...schemas].map((name) => [{ name }]));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers.map((one) => one.built > 0)).toEqual([true, false, false, false]);
  });
});
