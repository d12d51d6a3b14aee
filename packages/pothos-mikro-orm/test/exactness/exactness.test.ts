import type { EntityMetadata } from '@mikro-orm/postgresql';
import fc from 'fast-check';
import { execute, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { orders, wheres } from './criteria.ts';
import { roots } from './entities.ts';
import { byKey } from './schema.ts';
import { columnValues, comparable, propertyOf, relatedRows, type Tree } from './trees.ts';
import { runs, splittings, useZone, type ZoneWorld, zones } from './use-zone.ts';

const timeout = process.env.EXACTNESS_RUNS ? 3_600_000 : 120_000;

/** Random selections, conditions, orders and limits; each with every way to split it. */
const cases = ({ trees }: ZoneWorld, again: boolean) =>
  fc.constantFrom(...roots).chain((root) => {
    const entity = trees.of(root);
    return fc.record({
      root: fc.constant(entity.className),
      tree: trees.random(entity, 3, again),
      where: fc.constantFrom({}, ...(wheres[entity.className] ?? [])),
      orderBy: fc.constantFrom(byKey(entity), ...(orders[entity.className] ?? [])),
      limit: fc.option(fc.integer({ min: 1, max: 15 }), { nil: undefined }),
      limits: fc.constantFrom(...splittings),
    });
  });

const entityNamed = ({ trees }: ZoneWorld, name: string): EntityMetadata =>
  trees.of(roots.find((root) => root.name === name));

async function answer(
  { orm, schema, trees, split }: ZoneWorld,
  { root, tree, where, orderBy, limit, limits }: Case,
): Promise<unknown> {
  split(limits);
  const { data, errors } = await execute({
    schema,
    document: parse(
      `{ ${root} ${trees.selection(trees.of(roots.find(({ name }) => name === root)), tree)} }`,
    ),
    contextValue: { em: orm.em.fork(), criteria: { where: structuredClone(where), orderBy, limit } },
  });
  expect(errors).toBeUndefined();
  return comparable(data?.[root]);
}

type Case = ReturnType<typeof cases> extends fc.Arbitrary<infer One> ? One : never;

describe.each(zones)('in $process, with sessions in $session, a selection is exactly', (zone) => {
  const world = useZone(zone);

  it('[DO] what em.find and populate give', { timeout }, async () => {
    const check = fc.asyncProperty(cases(world.current, false), async (one) => {
      const { orm, trees } = world.current;
      const entity = entityNamed(world.current, one.root);
      const found = await orm.em.fork().find(entity.class as never, structuredClone(one.where) as never, {
        populate: trees.populate(entity, one.tree) as never,
        orderBy: one.orderBy as never,
        strategy: 'select-in',
        ...(one.limit === undefined ? {} : { limit: one.limit }),
      });
      const expected = found.map((row: object) => trees.hydrated(row, entity, one.tree));
      expect(await answer(world.current, one)).toEqual(expected);
    });
    await fc.assert(check, { numRuns: runs(60) });
  });

  it('[DO] what em.find gives relation by relation, where a path comes back to an entity', {
    timeout,
  }, async () => {
    const check = fc.asyncProperty(cases(world.current, true), async (one) => {
      const entity = entityNamed(world.current, one.root);
      const { orm } = world.current;
      const found = await orm.em.fork().find(entity.class as never, structuredClone(one.where) as never, {
        orderBy: one.orderBy as never,
        ...(one.limit === undefined ? {} : { limit: one.limit }),
      });
      const rows = await byRelation(world.current, entity, one.tree, found);
      expect(await answer(world.current, one)).toEqual(found.map((row) => rows.get(keyOf(entity, row))));
    });
    await fc.assert(check, { numRuns: runs(30) });
  });
});

const keyOf = ({ primaryKeys }: EntityMetadata, row: object): string =>
  String(primaryKeys.map((name) => String(row[name as never])));

/** The rows as a tree wants them: each relation populated on its own, by an EntityManager that knows nothing yet. */
async function byRelation(
  world: ZoneWorld,
  entity: EntityMetadata,
  { columns, relations }: Tree,
  rows: readonly object[],
): Promise<Map<string, object>> {
  const { orm, trees } = world;
  if (rows.length === 0) return new Map();
  const [name, ...names] = entity.primaryKeys;
  const where =
    names.length === 0
      ? { [name as string]: rows.map((row) => row[name as never]) }
      : {
          $or: rows.map((row) =>
            Object.fromEntries(entity.primaryKeys.map((key) => [key, row[key as never]])),
          ),
        };
  const find = (populate: readonly string[]) =>
    orm.em
      .fork()
      .find(entity.class as never, where as never, { populate: populate as never, strategy: 'select-in' });
  const lazy = columns.filter((column) => propertyOf(entity, column).lazy);
  const out = new Map<string, Record<string, unknown>>();
  for (const row of await find(lazy)) out.set(keyOf(entity, row), columnValues(row, entity, columns));
  for (const [relation, sub] of Object.entries(relations)) {
    const property = propertyOf(entity, relation);
    const found: readonly object[] = await find([relation]);
    const targets = found.flatMap((row) => relatedRows(row, property));
    const reached = new Map<string, object>();
    for (const target of new Set(targets.map((row) => trees.of(row.constructor)))) {
      const of = property.polymorphic ? target : trees.targetOf(property);
      const theirs = targets.filter((row) => trees.of(row.constructor) === target);
      for (const [key, row] of await byRelation(world, of, sub, theirs))
        reached.set(`${of.className} ${key}`, row);
    }
    for (const row of found) {
      const related = relatedRows(row, property).map((one) => {
        const of = property.polymorphic ? trees.of(one.constructor) : trees.targetOf(property);
        return reached.get(`${of.className} ${keyOf(of, one)}`);
      });
      const many = property.kind === '1:m' || property.kind === 'm:n';
      const values = out.get(keyOf(entity, row));
      if (values) values[relation] = many ? related : (related[0] ?? null);
    }
  }
  return out;
}
