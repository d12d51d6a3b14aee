import fc from 'fast-check';
import { execute, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { orders, wheres } from './criteria.ts';
import { roots } from './entities.ts';
import { byKey, isToMany, relationsOf } from './schema.ts';
import { columnValues, comparable, relatedRows } from './trees.ts';
import { runs, splittings, useZone, type ZoneWorld, zones } from './use-zone.ts';

const timeout = process.env.EXACTNESS_RUNS ? 3_600_000 : 120_000;

interface Connection {
  readonly totalCount: number;
  readonly nodes: readonly object[];
  readonly pageInfo: {
    hasNextPage: boolean;
    hasPreviousPage: boolean;
    startCursor: string;
    endCursor: string;
  };
}

describe.each(zones)('in $process, with sessions in $session', (zone) => {
  const world = useZone(zone);

  const cases = ({ trees }: ZoneWorld) =>
    fc.constantFrom(...roots).chain((root) => {
      const entity = trees.of(root);
      return fc.record({
        entity: fc.constant(entity),
        where: fc.constantFrom({}, ...(wheres[entity.className] ?? [])),
        orderBy: fc.constantFrom(byKey(entity), ...(orders[entity.className] ?? [])),
        size: fc.integer({ min: 4, max: 40 }),
        backward: fc.boolean(),
        limits: fc.constantFrom(...splittings),
      });
    });

  it('[DO] all pages of a connection together are the list that em.find gives, and em.count its number', {
    timeout,
  }, async () => {
    const check = fc.asyncProperty(cases(world.current), async (one) => {
      const { orm, schema, split } = world.current;
      const { entity, where, orderBy, size, backward, limits } = one;
      split(limits);
      const keys = entity.primaryKeys.join(' ');
      const arguments_ = backward ? '(last: $size, before: $at)' : '(first: $size, after: $at)';
      const document = parse(`query ($size: Int!, $at: String) { ${entity.className}_pages${arguments_} {
        totalCount nodes { ${keys} } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`);
      const found = await orm.em.fork().find(entity.class as never, structuredClone(where) as never, {
        orderBy: orderBy as never,
      });
      const rows: object[] = [];
      for (let at: string | undefined, more = true; more; ) {
        const { data, errors } = await execute({
          schema,
          document,
          variableValues: { size, at },
          contextValue: { em: orm.em.fork(), criteria: { where: structuredClone(where), orderBy } },
        });
        expect(errors).toBeUndefined();
        const page: unknown = data?.[`${entity.className}_pages`];
        const { totalCount, nodes, pageInfo } = page as Connection;
        expect(totalCount).toBe(found.length);
        if (backward) rows.unshift(...nodes);
        else rows.push(...nodes);
        more = backward ? pageInfo.hasPreviousPage : pageInfo.hasNextPage;
        at = backward ? pageInfo.startCursor : pageInfo.endCursor;
        if (more) expect(nodes).toHaveLength(size);
      }
      expect(comparable(rows)).toEqual(found.map((row: object) => columnValues(row, entity, [])));
    });
    await fc.assert(check, { numRuns: runs(20) });
  });

  it('[DO] a connection and a number over a relation are of the list that populate gives', {
    timeout,
  }, async () => {
    const related = roots.flatMap((root) => {
      const entity = world.current.trees.of(root);
      return relationsOf(entity)
        .filter(isToMany)
        .map((property) => ({ entity, property }));
    });
    const check = fc.asyncProperty(
      fc.constantFrom(...related),
      fc.integer({ min: 0, max: 4 }),
      fc.boolean(),
      fc.constantFrom(...splittings),
      async ({ entity, property }, size, backward, limits) => {
        const { orm, schema, trees, split } = world.current;
        split(limits);
        const target = trees.targetOf(property);
        const page = `${property.name}_pages(${backward ? 'last' : 'first'}: ${size})`;
        const { data, errors } = await execute({
          schema,
          document:
            parse(`{ ${entity.className} { ${entity.primaryKeys.join(' ')} number: ${property.name}_count
            ${page} { totalCount nodes { ${target.primaryKeys.join(' ')} } } } }`),
          contextValue: { em: orm.em.fork(), criteria: { orderBy: byKey(entity) } },
        });
        expect(errors).toBeUndefined();
        const found = await orm.em.fork().find(
          entity.class as never,
          {},
          {
            populate: [property.name] as never,
            orderBy: byKey(entity) as never,
            strategy: 'select-in',
          },
        );
        const expected = found.map((row: object) => {
          const rows = relatedRows(row, property).map((one) => columnValues(one, target, []));
          const nodes = backward ? rows.slice(Math.max(0, rows.length - size)) : rows.slice(0, size);
          return {
            ...columnValues(row, entity, []),
            number: rows.length,
            [`${property.name}_pages`]: { totalCount: rows.length, nodes },
          };
        });
        expect(comparable(data?.[entity.className])).toEqual(expected);
      },
    );
    await fc.assert(check, { numRuns: runs(20) });
  });
});
