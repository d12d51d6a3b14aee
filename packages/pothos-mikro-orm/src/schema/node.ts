import type { EntityMetadata } from '@mikro-orm/core';
import { assertObjectType, type GraphQLResolveInfo } from 'graphql';
import { keyOfRow, keyOfText, keyText } from '../criteria/key.ts';
import { Batches } from '../load/batch.ts';
import { loadByKeys } from '../load/by-key.ts';
import { extend } from '../selection/field-use.ts';
import type { LoadedRow } from '../selection/loaded-row.ts';
import { selectRows } from '../selection/select.ts';
import type { Criteria } from '../types/criteria.ts';
import { type Builder, loaderOf } from './builder-loader.ts';

/** What `entityNode` says besides the type itself. */
export interface NodeType {
  readonly id?: { readonly extensions?: unknown } | undefined;
  readonly node?: ((context: object) => Criteria<object>) | undefined;
  readonly visible?: ((context: object) => boolean) | undefined;
}

interface WantedNode {
  readonly key: unknown;
}

/**
 * The options that make a type a Relay node: a global id of the primary key (of a composite one, a JSON array of its
 * parts), and a loader that takes all ids of the type in one statement.
 */
export function nodeOptions(
  builder: Builder,
  entity: EntityMetadata,
  name: string,
  { id, node, visible }: NodeType,
) {
  const batches = new Batches<WantedNode, ReadonlyMap<WantedNode, LoadedRow | null>>();
  const typeIn = ({ schema }: GraphQLResolveInfo) => assertObjectType(schema.getType(name));
  const platform = (context: object) => loaderOf(builder).options.em(context).getPlatform();

  const load = async (wanted: readonly WantedNode[], context: object, info: GraphQLResolveInfo) => {
    const loader = loaderOf(builder);
    const plan = loader.plan(info, { entity, type: name }, context, (scope, level) =>
      selectRows(scope, level, typeIn(info), info.fieldNodes),
    );
    const keys = wanted.map(({ key }) => key);
    const rows = await loadByKeys(loader, { plan, keys, criteria: node?.(context), context, info });
    return new Map(wanted.map((one, i) => [one, rows[i] ?? null]));
  };

  return {
    id: {
      ...id,
      resolve: (row: unknown, _args: object, context: object) =>
        keyText(platform(context), entity, keyOfRow(entity, row)),
      extensions: extend(id?.extensions, {
        kind: 'columns',
        columns: entity.primaryKeys,
        shown: entity.primaryKeys.length === 1 ? 'globalId' : undefined,
      }),
    },
    // A row says its type itself; a brand on it would change a cached one.
    brandLoadedObjects: false,
    loadWithoutCache: async (id: unknown, context: object, info: GraphQLResolveInfo) => {
      const { options } = loaderOf(builder);
      if (visible && !visible(context)) return null;
      if (options.visible && !options.visible(typeIn(info), context)) return null;
      const key = keyOfText(platform(context), entity, String(id));
      if (key === undefined) return null;
      const wanted: WantedNode = { key };
      const batch = [info.operation, info.fieldNodes[0]];
      const found = await batches.add(context, batch, wanted, (all) => load(all, context, info));
      return found.get(wanted) ?? null;
    },
  };
}
