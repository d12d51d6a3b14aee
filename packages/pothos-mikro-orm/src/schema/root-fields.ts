import { type FieldRef, RootFieldBuilder, type SchemaTypes } from '@pothos/core';
import {
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  getNamedType,
  getNullableType,
  isListType,
  isNonNullType,
} from 'graphql';
import { type LoadedPage, type PageArguments, pageOf, pageRequest } from '../connection/page.ts';
import { keyCondition } from '../criteria/key.ts';
import { badUserInput, notFound } from '../errors.ts';
import { loadByKeys } from '../load/by-key.ts';
import { complete } from '../load/complete.ts';
import { unlimited } from '../load/requests.ts';
import { bringingWholeRows, entityOf } from '../selection/field-use.ts';
import type { PlanTarget } from '../selection/plans.ts';
import { selectPage, selectRows } from '../selection/select.ts';
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
    extensions: bringingWholeRows(options.extensions),
    resolve: async (parent: unknown, args: object, context: object, info: GraphQLResolveInfo) => {
      const read = reader(builder, type, many, context, info);
      let whole: unknown;
      const reading: Read = async (criteria) => (whole = await read(criteria));
      const given = await resolve(reading, parent, args, context, info);
      const found = given === whole ? given : await complete(loaderOf(builder), given, context, info);
      if (isMissing(found, many, info.returnType)) {
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
    const plan = loader.plan(info, target, context, (scope, level) =>
      selectRows(scope, level, getNamedType(info.returnType), info.fieldNodes),
    );
    if ('keys' in criteria) {
      const { keys } = criteria;
      if (keys.length > loader.maxSize) throw badUserInput(`At most ${loader.maxSize} keys at once.`);
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
    return loader.load({ plan, result: many ? 'many' : 'one', rows, context, info });
  };
}

proto.entityConnection = function entityConnection(
  this: LooseFieldBuilder,
  options: LooseOptions & { type: unknown },
) {
  const { builder } = this;
  const { query, defaultSize, maxSize, ...field } = options;
  return connectionField(this, {
    ...field,
    resolve: async (parent: unknown, args: PageArguments, context: object, info: GraphQLResolveInfo) => {
      const loader = loaderOf(builder);
      const page = pageRequest(args, {
        defaultSize: typeof defaultSize === 'number' ? defaultSize : loader.defaultSize,
        maxSize: typeof maxSize === 'number' ? maxSize : loader.maxSize,
      });
      const target = targetOf(builder, options.type, info);
      const plan = loader.plan(info, target, context, (scope, level, wants) =>
        selectPage(scope, [level], wants, getNamedType(info.returnType), info.fieldNodes),
      );
      const criteria = unlimited(await (query as ConnectionQuery)(parent, args, context, info));
      const loaded = await loader.load({ plan, result: 'page', rows: { criteria, page }, context, info });
      return pageOf(loaded as LoadedPage, page);
    },
  });
};

/** @throws Error when the type is over no entity */
function targetOf(builder: Builder, param: unknown, { schema }: GraphQLResolveInfo): PlanTarget {
  const { name } = builder.configStore.getTypeConfig(param as never);
  const entity = entityOf(schema.getType(name));
  if (!entity) throw new Error(`${name} is over no entity.`);
  return { entity, type: name };
}
