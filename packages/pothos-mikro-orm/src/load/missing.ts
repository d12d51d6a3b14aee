import type { EntityMetadata } from '@mikro-orm/core';
import type { GraphQLResolveInfo } from 'graphql';
import { keyOfRow } from '../criteria/key.ts';
import { notFound } from '../errors.ts';
import { entityOf } from '../selection/field-use.ts';
import type { LoadedRow } from '../selection/loaded-row.ts';
import { selectField } from '../selection/select.ts';
import { loadByKeys } from './by-key.ts';
import type { Loader, MissingField } from './loader.ts';

/**
 * Loads a row again for a field that it lacks: a row from `entityRow(…)`, or one that was loaded for another field. All
 * rows of a type and all their fields that ask in the same tick share one statement. The filters hold here too.
 *
 * @throws GraphQLError NOT_FOUND when the row is gone, or hidden from the caller
 */
export async function loadMissing(
  loader: Loader,
  row: unknown,
  context: object,
  info: GraphQLResolveInfo,
): Promise<LoadedRow> {
  const type = info.parentType;
  const entity = entityOf(type);
  if (!entity) throw new Error(`${type.name} is over no entity.`);
  const wanted: MissingField = { row, nodes: info.fieldNodes };
  const found = await loader.missing.add(context, [info.operation, type], wanted, (all) =>
    loadAll(loader, entity, all, context, info),
  );
  const loaded = found.get(wanted);
  if (!loaded) throw notFound(`There is no such ${type.name}, or it may not be seen.`);
  return loaded;
}

async function loadAll(
  loader: Loader,
  entity: EntityMetadata,
  wanted: readonly MissingField[],
  context: object,
  info: GraphQLResolveInfo,
): Promise<ReadonlyMap<MissingField, LoadedRow | null>> {
  const fields = [...new Map(wanted.map(({ nodes }) => [nodes[0], nodes])).values()];
  const plan = loader.plan(
    info,
    { entity, type: info.parentType.name },
    context,
    (scope, level) => {
      for (const nodes of fields) selectField(scope, level, info.parentType, nodes);
    },
    fields.flat(),
  );
  const keys = wanted.map(({ row }) => keyOfRow(entity, row));
  const rows = await loadByKeys(loader, { plan, keys, context, info });
  return new Map(wanted.map((one, i) => [one, rows[i] ?? null]));
}
