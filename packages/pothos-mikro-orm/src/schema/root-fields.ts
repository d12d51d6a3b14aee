import { type FieldRef, RootFieldBuilder, type SchemaTypes } from '@pothos/core';
import { type GraphQLNamedType, type GraphQLResolveInfo, getNamedType, isNonNullType } from 'graphql';
import { type LoadedPage, type PageArguments, pageOf, pageRequest } from '../connection/page.ts';
import { keyCondition } from '../criteria/key.ts';
import { notFound } from '../errors.ts';
import { complete } from '../load/complete.ts';
import { unlimited } from '../load/loader.ts';
import { bringingWholeRows, entityOf } from '../selection/field-use.ts';
import type { PlanTarget } from '../selection/plans.ts';
import { selectPage, selectRows } from '../selection/select.ts';
import type { Criteria, OneCriteria } from '../types/criteria.ts';
import { type Builder, loaderOf } from './builder-loader.ts';
import { connectionField, type LooseOptions } from './connection-field.ts';

interface LooseFieldBuilder {
  readonly builder: Builder;
  field(options: object): FieldRef<SchemaTypes>;
}

type Read = (criteria?: OneCriteria<object>) => Promise<unknown>;
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
  return this.field({
    ...options,
    extensions: bringingWholeRows(options.extensions),
    resolve: async (parent: unknown, args: object, context: object, info: GraphQLResolveInfo) => {
      const read = reader(builder, many, context, info);
      let whole: unknown;
      const reading: Read = async (criteria) => (whole = await read(criteria));
      const given = await resolve(reading, parent, args, context, info);
      const found = given === whole ? given : await complete(loaderOf(builder), given, context, info);
      if (!many && (found === null || found === undefined) && isNonNullType(info.returnType)) {
        throw notFound(`There is no such ${getNamedType(info.returnType).name}, or it may not be seen.`);
      }
      return found;
    },
  });
};

/** What loads the rows of a field, with all that its selection needs. */
function reader(builder: Builder, many: boolean, context: object, info: GraphQLResolveInfo): Read {
  return async (criteria = {}) => {
    const loader = loaderOf(builder);
    const target = targetOf(getNamedType(info.returnType));
    const asked =
      'key' in criteria
        ? { where: keyCondition(loader.options.em(context), target.entity, criteria.key), limit: 1 }
        : many
          ? criteria
          : { ...criteria, limit: 1 };
    if ('key' in criteria && asked.where === undefined) return null;
    const plan = loader.plan(info, target, context, (scope, level) =>
      selectRows(scope, level, getNamedType(info.returnType), info.fieldNodes),
    );
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
      const type = builder.configStore.getTypeConfig(options.type as never).name;
      const target = targetOf(info.schema.getType(type));
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
function targetOf(type: GraphQLNamedType | undefined): PlanTarget {
  const entity = entityOf(type);
  if (!type || !entity) throw new Error(`${type?.name ?? 'The type'} is over no entity.`);
  return { entity, type: type.name };
}
