import type { GraphQLField, GraphQLNamedType, GraphQLResolveInfo } from 'graphql';
import { getNamedType } from 'graphql';
import type { Loader } from '../load/loader.ts';
import type { Level, Wants } from '../selection/level.ts';
import type { Plan, PlanTarget } from '../selection/plans.ts';
import { type SelectionScope, selectPage, selectRows } from '../selection/select.ts';
import type { Result } from '../sql/statement.ts';
import type { Shape } from './shape.ts';
import { Shaper } from './shaper.ts';

/** A field that reads rows with all that its selection needs; kept in its GraphQL extensions. */
export interface RootUse {
  readonly result: Result;
  readonly loader: () => Loader;
  /** The entity whose rows it shows, with its GraphQL type. */
  readonly target: (info: Pick<GraphQLResolveInfo, 'schema' | 'returnType'>) => PlanTarget;
}

const extension = 'mikroOrmRoot';

export const extendRoot = (extensions: unknown, use: RootUse): Record<string, unknown> => ({
  ...(extensions as Readonly<Record<string, unknown>> | undefined),
  [extension]: use,
});

export const rootUseOf = (field: GraphQLField<unknown, unknown>): RootUse | undefined =>
  field.extensions[extension] as RootUse | undefined;

/** Adds to a level what the nodes of such a field select. */
export function selectRoot(
  result: Result,
  scope: SelectionScope,
  level: Level,
  wants: Wants,
  { returnType, fieldNodes }: Pick<GraphQLResolveInfo, 'returnType' | 'fieldNodes'>,
): void {
  const type = getNamedType(returnType);
  if (result === 'page') selectPage(scope, [level], wants, type, fieldNodes);
  else selectRows(scope, level, type, fieldNodes);
}

/** The JSON that SQL can write for such a field, whose selection the level holds. */
export function shapeRoot(
  result: Result,
  shaper: Shaper,
  level: Level,
  type: GraphQLNamedType,
  nodes: GraphQLResolveInfo['fieldNodes'],
): Shape | undefined {
  if (result === 'page') {
    const shape = shaper.page(level, type, nodes);
    return shape && { kind: 'page', shape };
  }
  const shape = shaper.row(level, type, nodes);
  return shape && { kind: result === 'many' ? 'list' : 'row', shape };
}

/**
 * Why there is no text after all: a resolver looked into its rows, or reads them by keys; SQL could not write them; it
 * would take several statements; a field of the selection is not for this caller.
 */
export type Failure = 'looked' | 'keys' | 'unwritable' | 'batched' | 'denied';

/** Resolve infos of fields that are to be read as text. */
const wanted = new WeakMap<object, (reason: Failure) => void>();

/**
 * Asks the field that is resolved with this info for text.
 *
 * @param onFailure called when there is none after all
 */
export function wantText(info: object, onFailure: (reason: Failure) => void): void {
  wanted.set(info, onFailure);
}

export const textWanted = (info: object) => wanted.get(info);

const shapes = new WeakMap<Plan, { readonly shape: Shape | undefined }>();

/** The shape of a plan: found once, because it depends on nothing that the plan doesn't. */
export function shapeOf(
  plan: Plan,
  result: Result,
  loader: Loader,
  context: object,
  info: GraphQLResolveInfo,
): Shape | undefined {
  let known = shapes.get(plan);
  if (!known) {
    const { allowed } = loader.options;
    const scope: SelectionScope = {
      schema: info.schema,
      fragments: info.fragments,
      variables: info.variableValues,
      conditions: new Set(),
      isAllowed: (field, type) => !allowed || allowed(field, type, context),
    };
    const shaper = new Shaper(scope, loader.writing);
    known = { shape: shapeRoot(result, shaper, plan.level, getNamedType(info.returnType), info.fieldNodes) };
    shapes.set(plan, known);
  }
  return known.shape;
}
