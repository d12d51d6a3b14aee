import type { EntityMetadata } from '@mikro-orm/core';
import type { GraphQLResolveInfo } from 'graphql';
import { keyCondition } from '../criteria/key.ts';
import { notFound } from '../errors.ts';
import { entityOf } from '../selection/field-use.ts';
import type { LoadedRow } from '../selection/loaded-row.ts';
import { selectField } from '../selection/select.ts';
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
  const loaded = found.get(keyText(entity, row));
  if (!loaded) throw notFound(`There is no such ${type.name}, or it may not be seen.`);
  return loaded;
}

async function loadAll(
  loader: Loader,
  entity: EntityMetadata,
  wanted: readonly MissingField[],
  context: object,
  info: GraphQLResolveInfo,
): Promise<ReadonlyMap<string, LoadedRow>> {
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
  const em = loader.options.em(context);
  const distinct = new Map(wanted.map(({ row }) => [keyText(entity, row), row]));
  const rows = [...distinct.values()].filter(
    (row) => keyCondition(em, entity, keyOf(entity, row)) !== undefined,
  );
  if (rows.length === 0) return new Map();
  const request = { criteria: { where: keysOf(entity, rows), limit: rows.length } };
  const loaded = (await loader.load({ plan, result: 'many', rows: request, context, info })) as LoadedRow[];
  return new Map(loaded.map((row) => [keyText(entity, row), row]));
}

const columnOf = (row: unknown, name: string): unknown =>
  typeof row === 'object' && row !== null ? (row as Record<string, unknown>)[name] : undefined;

const keyText = (entity: EntityMetadata, row: unknown): string =>
  JSON.stringify(entity.primaryKeys.map((name) => String(columnOf(row, name))));

function keyOf(entity: EntityMetadata, row: unknown): unknown {
  const [only, ...more] = entity.primaryKeys.map((name) => columnOf(row, name));
  return more.length === 0 ? only : [only, ...more];
}

function keysOf(entity: EntityMetadata, rows: readonly unknown[]): object {
  const [name, ...more] = entity.primaryKeys;
  if (name !== undefined && more.length === 0) return { [name]: rows.map((row) => columnOf(row, name)) };
  return {
    $or: rows.map((row) => Object.fromEntries(entity.primaryKeys.map((key) => [key, columnOf(row, key)]))),
  };
}
