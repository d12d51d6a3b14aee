import type { FieldNode, GraphQLNamedType, GraphQLResolveInfo } from 'graphql';
import { keyOfRow } from '../criteria/key.ts';
import { notFound } from '../errors.ts';
import { type LoadedRow, withColumns } from '../selection/loaded-row.ts';
import type { PlanTarget } from '../selection/plans.ts';
import { selectRows } from '../selection/select.ts';
import { loadByKeys } from './by-key.ts';
import type { Loader, MissingRow } from './loader.ts';

/** As what a row is to be loaded. */
export interface Target extends PlanTarget {
  readonly shown: GraphQLNamedType;
}

/**
 * Loads a row again with all that the field of `info` selects of it; the columns that it has stay as they are. All rows
 * of a type that lack something in the same tick share one statement. The filters hold here too.
 *
 * @throws GraphQLError NOT_FOUND when the row is gone, or hidden from the caller
 */
export async function loadMissing(
  loader: Loader,
  row: LoadedRow,
  target: Target,
  context: object,
  info: GraphQLResolveInfo,
): Promise<LoadedRow> {
  const wanted: MissingRow = { row, nodes: info.fieldNodes };
  const batch = [info.operation, target.shown, target.entity];
  const found = await loader.missing.add(context, batch, wanted, (all) =>
    loadAll(loader, target, all, context, info),
  );
  const loaded = found.get(wanted);
  if (!loaded) throw notFound(`There is no such ${target.type}, or it may not be seen.`);
  return withColumns(loaded, row);
}

async function loadAll(
  loader: Loader,
  target: Target,
  wanted: readonly MissingRow[],
  context: object,
  info: GraphQLResolveInfo,
): Promise<ReadonlyMap<MissingRow, LoadedRow | null>> {
  // Each field for itself: two of them may select the same key with other arguments.
  const fields = [
    ...new Map(
      wanted.map(({ nodes }): [FieldNode | undefined, readonly FieldNode[]] => [nodes[0], nodes]),
    ).values(),
  ];
  const plan = loader.plan(
    info,
    target,
    context,
    (scope, level) => {
      for (const nodes of fields) selectRows(scope, level, target.shown, nodes);
    },
    fields.flat(),
  );
  const keys = wanted.map(({ row }) => keyOfRow(target.entity, row));
  const rows = await loadByKeys(loader, { plan, keys, context, info });
  return new Map(wanted.map((one, i) => [one, rows[i] ?? null]));
}
