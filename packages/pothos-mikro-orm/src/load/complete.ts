import { isThenable } from '@pothos/core';
import { type GraphQLResolveInfo, getNamedType } from 'graphql';
import { entityOf } from '../selection/field-use.ts';
import { holds } from '../selection/level.ts';
import { LoadedRow, levelOf } from '../selection/loaded-row.ts';
import { selectRows } from '../selection/select.ts';
import type { Loader } from './loader.ts';
import { loadMissing } from './missing.ts';

/**
 * Rows that a resolver has from elsewhere than the statement for its own field: from `entityRow(…)`, or loaded for another
 * field. Those that lack something of what is selected here are loaded again; whatever else it gives passes as it is.
 *
 * @param found what the resolver gives: a row, rows, or a promise of either or in a list
 */
export function complete(loader: Loader, found: unknown, context: object, info: GraphQLResolveInfo): unknown {
  if (found instanceof LoadedRow) return completeRow(loader, found, context, info);
  if (Array.isArray(found)) return found.map((item: unknown) => complete(loader, item, context, info));
  if (isThenable(found)) return found.then((settled) => complete(loader, settled, context, info));
  return found;
}

function completeRow(
  loader: Loader,
  row: LoadedRow,
  context: object,
  info: GraphQLResolveInfo,
): LoadedRow | Promise<LoadedRow> {
  const type = getNamedType(info.returnType);
  const { level } = loader.plan(
    info,
    { entity: entityOf(type) ?? row[levelOf].entity, type: type.name },
    context,
    (scope, empty) => selectRows(scope, empty, type, info.fieldNodes),
  );
  return holds(row[levelOf], level) ? row : loadMissing(loader, row, type, context, info);
}
