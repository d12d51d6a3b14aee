import type { EntityMetadata } from '@mikro-orm/core';
import { assertObjectType, type GraphQLResolveInfo } from 'graphql';
import { keyCondition } from '../criteria/key.ts';
import { Batches } from '../load/batch.ts';
import { extend } from '../selection/field-use.ts';
import type { LoadedRow } from '../selection/loaded-row.ts';
import { selectRows } from '../selection/select.ts';
import { columnType } from '../sql/column-type.ts';
import { propertyOf } from '../sql/relation.ts';
import type { Criteria } from '../types/criteria.ts';
import { type Builder, loaderOf } from './builder-loader.ts';

/** What `entityNode` says besides the type itself. */
export interface NodeType {
  readonly id?: { readonly extensions?: unknown } | undefined;
  readonly node?: ((context: object) => Criteria<object>) | undefined;
  readonly visible?: ((context: object) => boolean) | undefined;
}

/**
 * The options that make a type a Relay node: a global id of the primary key, and a loader that takes all ids of the
 * type in one statement.
 *
 * @throws Error for a composite key, which has no global id
 */
export function nodeOptions(
  builder: Builder,
  entity: EntityMetadata,
  name: string,
  { id, node, visible }: NodeType,
) {
  const [key, ...more] = entity.primaryKeys;
  if (key === undefined || more.length > 0) throw new Error(`${entity.className} has no single primary key.`);
  const property = propertyOf(entity, key);
  const type = columnType(property.columnTypes?.[0] ?? 'text');
  const keyOf = (id: string) => (property.runtimeType === 'number' ? Number(id) : id);
  const batches = new Batches<string, ReadonlyMap<string, LoadedRow>>();
  const typeIn = ({ schema }: GraphQLResolveInfo) => assertObjectType(schema.getType(name));

  const load = async (ids: readonly string[], context: object, info: GraphQLResolveInfo) => {
    const loader = loaderOf(builder);
    const plan = loader.plan(info, { entity, type: name }, context, (scope, level) =>
      selectRows(scope, level, typeIn(info), info.fieldNodes),
    );
    const { where, filters } = node?.(context) ?? {};
    const keys = ids.map(keyOf);
    const criteria = { where: { $and: [{ [key]: keys }, ...(where ? [where] : [])] }, filters };
    const rows = { criteria, limit: keys.length };
    const found = (await loader.load({ plan, result: 'many', rows, context, info })) as LoadedRow[];
    return new Map(found.map((row) => [String(row[key]), row]));
  };

  return {
    id: {
      ...id,
      resolve: (row: Record<string, unknown>) => String(row[key]),
      extensions: extend(id?.extensions, { kind: 'columns', columns: [key], shown: 'globalId' }),
    },
    // A row says its type itself; a brand on it would change a cached one.
    brandLoadedObjects: false,
    loadWithoutCache: async (id: unknown, context: object, info: GraphQLResolveInfo) => {
      const text = type === 'uuid' ? String(id).toLowerCase() : String(id);
      const { options } = loaderOf(builder);
      if (visible && !visible(context)) return null;
      if (options.visible && !options.visible(typeIn(info), context)) return null;
      if (!keyCondition(options.em(context), entity, keyOf(text))) return null;
      const found = await batches.add(context, [info.operation, info.fieldNodes[0]], text, (ids) =>
        load([...new Set(ids)], context, info),
      );
      return found.get(text) ?? null;
    },
  };
}
