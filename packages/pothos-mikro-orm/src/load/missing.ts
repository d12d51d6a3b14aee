import type { EntityMetadata } from '@mikro-orm/core';
import type { GraphQLNamedType, GraphQLResolveInfo } from 'graphql';
import { keyCondition } from '../criteria/key.ts';
import { notFound } from '../errors.ts';
import { entityOf } from '../selection/field-use.ts';
import { type LoadedRow, levelOf, withColumns } from '../selection/loaded-row.ts';
import { selectRows } from '../selection/select.ts';
import type { Loader, MissingRow } from './loader.ts';

/**
 * Loads a row again with all that the field of `info` selects of it; the columns that it has stay as they are. All rows
 * of a type that lack something in the same tick share one statement. The filters hold here too.
 *
 * @throws GraphQLError NOT_FOUND when the row is gone, or hidden from the caller
 */
export async function loadMissing(
  loader: Loader,
  row: LoadedRow,
  type: GraphQLNamedType,
  context: object,
  info: GraphQLResolveInfo,
): Promise<LoadedRow> {
  const entity = entityOf(type) ?? row[levelOf].entity;
  const wanted: MissingRow = { row, nodes: info.fieldNodes };
  const found = await loader.missing.add(context, [info.operation, type, entity], wanted, (all) =>
    loadAll(loader, entity, type, all, context, info),
  );
  const loaded = found.get(keyText(entity, row));
  if (!loaded) throw notFound(`There is no such ${type.name}, or it may not be seen.`);
  return withColumns(loaded, row);
}

async function loadAll(
  loader: Loader,
  entity: EntityMetadata,
  type: GraphQLNamedType,
  wanted: readonly MissingRow[],
  context: object,
  info: GraphQLResolveInfo,
): Promise<ReadonlyMap<string, LoadedRow>> {
  const fields = [...new Map(wanted.map(({ nodes }) => [nodes[0], nodes])).values()].flat();
  const plan = loader.plan(
    info,
    { entity, type: type.name },
    context,
    (scope, level) => selectRows(scope, level, type, fields),
    fields,
  );
  const em = loader.options.em(context);
  const distinct = new Map(wanted.map(({ row }) => [keyText(entity, row), row]));
  const rows = [...distinct.values()].filter(
    (row) => keyCondition(em, entity, keyOf(entity, row)) !== undefined,
  );
  if (rows.length === 0) return new Map();
  const request = { criteria: { where: keysOf(entity, rows) }, limit: rows.length };
  const loaded = (await loader.load({ plan, result: 'many', rows: request, context, info })) as LoadedRow[];
  return new Map(loaded.map((row) => [keyText(entity, row), row]));
}

const keyText = (entity: EntityMetadata, row: LoadedRow): string =>
  JSON.stringify(entity.primaryKeys.map((name) => String(row[name])));

function keyOf(entity: EntityMetadata, row: LoadedRow): unknown {
  const [only, ...more] = entity.primaryKeys.map((name) => row[name]);
  return more.length === 0 ? only : [only, ...more];
}

function keysOf(entity: EntityMetadata, rows: readonly LoadedRow[]): object {
  const [name, ...more] = entity.primaryKeys;
  if (name !== undefined && more.length === 0) return { [name]: rows.map((row) => row[name]) };
  return {
    $or: rows.map((row) => Object.fromEntries(entity.primaryKeys.map((key) => [key, row[key]]))),
  };
}
