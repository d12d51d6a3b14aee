import type { GraphQLResolveInfo } from 'graphql';
import { anyKey, keyCondition, keyOfRow, keyText } from '../criteria/key.ts';
import type { LoadedRow } from '../selection/loaded-row.ts';
import type { Plan } from '../selection/plans.ts';
import type { Criteria } from '../types/criteria.ts';
import type { Loader } from './loader.ts';

/** Rows to be loaded by their keys. */
export interface KeysRequest {
  readonly plan: Plan;
  /** As clients and services give them: what is no key names no row. */
  readonly keys: readonly unknown[];
  /** What must hold of the rows besides. */
  readonly criteria?: Pick<Criteria<object>, 'where' | 'filters'> | undefined;
  readonly context: object;
  readonly info: GraphQLResolveInfo;
}

/** The row of each key, in one statement; null where there is none, or it is hidden from the caller. */
export async function loadByKeys(
  loader: Loader,
  { plan, keys, criteria, context, info }: KeysRequest,
): Promise<(LoadedRow | null)[]> {
  const { entity } = plan.level;
  const platform = loader.options.em(context).getPlatform();
  const texts = keys.map((key) => keyText(platform, entity, key));
  const conditions = new Map(texts.map((text, i) => [text, keyCondition(platform, entity, keys[i])]));
  const wanted = [...conditions.values()].filter((condition) => condition !== undefined);
  if (wanted.length === 0) return keys.map(() => null);
  const { where, filters } = criteria ?? {};
  const rows = {
    criteria: {
      where: { $and: [anyKey(entity, wanted), ...(where ? [where] : [])] },
      filters,
      limit: wanted.length,
    },
  };
  const found = (await loader.load({ plan, result: 'many', rows, context, info })) as LoadedRow[];
  const known = new Map(found.map((row) => [keyText(platform, entity, keyOfRow(entity, row)), row]));
  return texts.map((text) => (text === undefined ? null : (known.get(text) ?? null)));
}
