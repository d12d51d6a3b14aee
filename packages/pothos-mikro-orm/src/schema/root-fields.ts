import { type FieldRef, RootFieldBuilder, type SchemaTypes } from '@pothos/core';
import {
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  getNullableType,
  isListType,
  isNonNullType,
} from 'graphql';
import { type LoadedPage, type PageArguments, pageOf, pageRequest } from '../connection/page.ts';
import { keyCondition } from '../criteria/key.ts';
import { badUserInput, notFound } from '../errors.ts';
import { loadByKeys } from '../load/by-key.ts';
import { complete } from '../load/complete.ts';
import type { Loader, LoadRequest } from '../load/loader.ts';
import { unlimited } from '../load/requests.ts';
import { bringingWholeRows, entityOf } from '../selection/field-use.ts';
import type { PlanTarget } from '../selection/plans.ts';
import { extendRoot, type Failure, type RootUse, selectRoot, shapeOf, textWanted } from '../shape/root.ts';
import { unveil, unwritable, veil } from '../shape/shaped-text.ts';
import type { Result } from '../sql/statement.ts';
import type { Criteria, ManyKeys, OneCriteria } from '../types/criteria.ts';
import { type Builder, loaderOf } from './builder-loader.ts';
import { connectionField, type LooseOptions } from './connection-field.ts';

interface LooseFieldBuilder {
  readonly builder: Builder;
  field(options: object): FieldRef<SchemaTypes>;
}

type Read = (criteria?: OneCriteria<object> | ManyKeys<object>) => Promise<unknown>;
type EntityResolve = (
  read: Read,
  parent: unknown,
  args: object,
  context: object,
  info: GraphQLResolveInfo,
) => unknown;
type ConnectionQuery = (
  parent: unknown,
  args: object,
  context: object,
  info: GraphQLResolveInfo,
) => Criteria<object> | Promise<Criteria<object>>;

const proto = RootFieldBuilder.prototype as unknown as Record<string, unknown>;

proto.entityField = function entityField(this: LooseFieldBuilder, options: LooseOptions) {
  const { builder } = this;
  const resolve = options.resolve as EntityResolve;
  const many = Array.isArray(options.type);
  const type: unknown = Array.isArray(options.type) ? options.type[0] : options.type;
  return this.field({
    ...options,
    extensions: bringingWholeRows(
      extendRoot(options.extensions, {
        result: many ? 'many' : 'one',
        loader: () => loaderOf(builder),
        target: (info) => targetOf(builder, type, info),
      }),
    ),
    resolve: async (parent: unknown, args: object, context: object, info: GraphQLResolveInfo) => {
      const read = reader(builder, type, many, context, info);
      let whole: unknown;
      const reading: Read = async (criteria) => (whole = await read(criteria));
      const given = await resolve(reading, parent, args, context, info);
      const found = given === whole ? given : await complete(loaderOf(builder), given, context, info);
      if (unveil(found) === undefined && isMissing(found, many, info.returnType)) {
        const { name } = builder.configStore.getTypeConfig(type as never);
        throw notFound(`There is no such ${name}, or it may not be seen.`);
      }
      return found;
    },
  });
};

/** Whether the field stands below a list: its other items ask for theirs in the same tick. */
function isInList({ path }: GraphQLResolveInfo): boolean {
  for (let at = path.prev; at; at = at.prev) if (typeof at.key === 'number') return true;
  return false;
}

/** Whether a row is not there that the field's type promises. */
function isMissing(found: unknown, many: boolean, type: GraphQLOutputType): boolean {
  if (!many) return (found === null || found === undefined) && isNonNullType(type);
  const list = getNullableType(type);
  return Array.isArray(found) && found.includes(null) && isListType(list) && isNonNullType(list.ofType);
}

/** What loads the rows of a field, with all that its selection needs. */
function reader(
  builder: Builder,
  type: unknown,
  many: boolean,
  context: object,
  info: GraphQLResolveInfo,
): Read {
  return async (criteria = {}) => {
    const loader = loaderOf(builder);
    const target = targetOf(builder, type, info);
    const result: Result = many ? 'many' : 'one';
    const plan = loader.plan(info, target, context, (scope, level, wants) =>
      selectRoot(result, scope, level, wants, info),
    );
    if ('keys' in criteria) {
      const { keys } = criteria;
      if (keys.length > loader.maxSize) throw badUserInput(`At most ${loader.maxSize} keys at once.`);
      const onFailure = textWanted(info);
      if (onFailure) return withoutText(onFailure, 'keys', result);
      return loadByKeys(loader, { plan, keys, context, info });
    }
    let asked: Criteria<object>;
    if ('key' in criteria) {
      if (isInList(info)) {
        return loader.keyed
          .add(context, [info.operation, info.fieldNodes[0]], criteria.key, async (keys) => {
            const found = await loadByKeys(loader, { plan, keys, context, info });
            return new Map(keys.map((key, i) => [key, found[i] ?? null]));
          })
          .then((found) => found.get(criteria.key) ?? null);
      }
      const where = keyCondition(loader.options.em(context).getPlatform(), target.entity, criteria.key);
      if (!where) return null;
      asked = { where, limit: 1 };
    } else asked = many ? criteria : { ...criteria, limit: 1 };
    const rows = { criteria: asked, limit: loader.maxSize };
    return loadRoot(loader, { plan, result, rows, context, info });
  };
}

proto.entityConnection = function entityConnection(
  this: LooseFieldBuilder,
  options: LooseOptions & { type: unknown },
) {
  const { builder } = this;
  const { query, defaultSize, maxSize, ...field } = options;
  const target: RootUse['target'] = (info) => targetOf(builder, options.type, info);
  return connectionField(this, {
    ...field,
    extensions: extendRoot(options.extensions, { result: 'page', loader: () => loaderOf(builder), target }),
    resolve: async (parent: unknown, args: PageArguments, context: object, info: GraphQLResolveInfo) => {
      const loader = loaderOf(builder);
      const page = pageRequest(args, {
        defaultSize: typeof defaultSize === 'number' ? defaultSize : loader.defaultSize,
        maxSize: typeof maxSize === 'number' ? maxSize : loader.maxSize,
      });
      const plan = loader.plan(info, target(info), context, (scope, level, wants) =>
        selectRoot('page', scope, level, wants, info),
      );
      const criteria = unlimited(await (query as ConnectionQuery)(parent, args, context, info));
      const loaded = await loadRoot(loader, {
        plan,
        result: 'page',
        rows: { criteria, page },
        context,
        info,
      });
      return unveil(loaded) === undefined ? pageOf(loaded as LoadedPage, page) : loaded;
    },
  });
};

/** Loads rows, or, where text is wanted and SQL can write it in one statement, what stands for their text. */
async function loadRoot(loader: Loader, request: LoadRequest): Promise<unknown> {
  const { plan, result, context, info } = request;
  const onFailure = textWanted(info);
  if (!onFailure) return loader.load(request);
  const shape = shapeOf(plan, result, loader, context, info);
  if (!shape) return withoutText(onFailure, 'denied', result);
  const text = await loader.loadText(request, shape);
  if (text === undefined) return withoutText(onFailure, 'batched', result);
  if (text === null) return null;
  if (text.includes(unwritable)) onFailure('unwritable');
  return veil(text, result === 'many', () => onFailure('looked'));
}

/** The operation will be executed the ordinary way: until then nothing is read. */
function withoutText(onFailure: (reason: Failure) => void, reason: Failure, result: Result): object {
  onFailure(reason);
  return veil('null', result === 'many', () => undefined);
}

/** @throws Error when the type is over no entity */
function targetOf(
  builder: Builder,
  param: unknown,
  { schema }: Pick<GraphQLResolveInfo, 'schema'>,
): PlanTarget {
  const { name } = builder.configStore.getTypeConfig(param as never);
  const entity = entityOf(schema.getType(name));
  if (!entity) throw new Error(`${name} is over no entity.`);
  return { entity, type: name };
}
