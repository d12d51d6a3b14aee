import { isThenable } from '@pothos/core';
import {
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isAbstractType,
  isListType,
} from 'graphql';
import { entityOf, isVariant } from '../selection/field-use.ts';
import { holds, type Level } from '../selection/level.ts';
import { classOf, LoadedRow, levelOf, rowAs, typeNameOf } from '../selection/loaded-row.ts';
import { selectRows } from '../selection/select.ts';
import type { Loader } from './loader.ts';
import { loadMissing } from './missing.ts';

/**
 * Rows that a resolver has from elsewhere than the statement for its own field: from `entityRow(…)`, or loaded for another
 * field. Those that lack something of what is selected here are loaded again; whatever else it gives passes as it is.
 *
 * @param found what the resolver gives: a row, rows, or a promise of either or in a list
 */
export function complete(
  loader: Loader,
  found: unknown,
  context: object,
  info: GraphQLResolveInfo,
  type: GraphQLOutputType = info.returnType,
): unknown {
  if (found instanceof LoadedRow) return completeRow(loader, found, context, info);
  if (isThenable(found)) return found.then((settled) => complete(loader, settled, context, info, type));
  const list = getNullableType(type);
  if (!isListType(list) || typeof found !== 'object' || found === null) return found;
  const completeItem = (item: unknown) => complete(loader, item, context, info, list.ofType);
  if (Symbol.iterator in found) return Array.from(found as Iterable<unknown>, completeItem);
  return Symbol.asyncIterator in found ? eachOf(found as AsyncIterable<unknown>, completeItem) : found;
}

/** What `@stream` may bring one by one. */
async function* eachOf(items: AsyncIterable<unknown>, complete: (item: unknown) => unknown) {
  for await (const item of items) yield complete(item);
}

function completeRow(
  loader: Loader,
  row: LoadedRow,
  context: object,
  info: GraphQLResolveInfo,
): LoadedRow | Promise<LoadedRow> {
  const type = getNamedType(info.returnType);
  const shown = shownType(info.schema, row, type);
  const entity = entityOf(shown) ?? row[levelOf].entity;
  // GraphQL refuses it.
  if (entity.root.class !== row[levelOf].entity.root.class) return row;
  const target = { entity, type: shown.name, shown };
  const { level } = loader.plan(info, target, context, (scope, empty) =>
    selectRows(scope, empty, shown, info.fieldNodes),
  );
  if (!holds(row[levelOf], level)) return loadMissing(loader, row, target, context, info);
  return isShownAlike(row, level, isAbstractType(type))
    ? row
    : rowAs(row, { ...row[levelOf], types: level.types, unbranded: level.unbranded });
}

/**
 * The type as which a row is shown where a field gives it: of an interface or a union the one that the row tells, or the
 * entity's own. What other types over the entity select does not concern it.
 */
function shownType(schema: GraphQLSchema, row: LoadedRow, type: GraphQLNamedType): GraphQLNamedType {
  if (!isAbstractType(type)) return type;
  const possible = schema.getPossibleTypes(type);
  const name = typeNameOf(row);
  if (name !== undefined) return possible.find((one) => one.name === name) ?? type;
  const entityClass = classOf(row);
  const [only, ...more] = possible.filter((one) => entityOf(one)?.class === entityClass);
  if (!only || more.length === 0) return only ?? type;
  // An interface over the entity asks the row, once it has its columns.
  return entityOf(type) ? type : ([only, ...more].find((one) => !isVariant(one)) ?? type);
}

/** Whether a row that holds what is selected tells the right type already. */
function isShownAlike(row: LoadedRow, { types, unbranded }: Level, isAbstract: boolean): boolean {
  const name = typeNameOf(row);
  const isNamed = name === types.get(classOf(row));
  return isAbstract ? isNamed && row[levelOf].unbranded === unbranded : isNamed || name === undefined;
}
