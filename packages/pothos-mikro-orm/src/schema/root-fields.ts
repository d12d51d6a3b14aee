import { type FieldRef, RootFieldBuilder, type SchemaTypes } from '@pothos/core';
import { type GraphQLNamedType, type GraphQLResolveInfo, getNamedType, isNonNullType } from 'graphql';
import { type LoadedPage, type PageArguments, pageOf, pageRequest } from '../connection/page.ts';
import { keyCondition } from '../criteria/key.ts';
import { notFound } from '../errors.ts';
import { type Loader, type LoadRequest, unlimited } from '../load/loader.ts';
import { entityOf } from '../selection/field-use.ts';
import type { PlanTarget } from '../selection/plans.ts';
import { extendRoot, type RootUse, selectRoot, shapeOf, textWanted } from '../shape/root.ts';
import { unveil, unwritable, veil } from '../shape/shaped-text.ts';
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
    extensions: extendRoot(options.extensions, {
      result: many ? 'many' : 'one',
      loader: () => loaderOf(builder),
      target: ({ returnType }) => targetOf(getNamedType(returnType)),
    }),
    resolve: async (parent: unknown, args: object, context: object, info: GraphQLResolveInfo) => {
      const found = await resolve(reader(builder, many, context, info), parent, args, context, info);
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
    const result = many ? 'many' : 'one';
    const plan = loader.plan(info, target, context, (scope, level, wants) =>
      selectRoot(result, scope, level, wants, info),
    );
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
  const target: RootUse['target'] = ({ schema }) =>
    targetOf(schema.getType(builder.configStore.getTypeConfig(options.type as never).name));
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

/** Loads rows, or, where text is wanted and SQL can write it, what stands for their text. */
async function loadRoot(loader: Loader, request: LoadRequest): Promise<unknown> {
  const { plan, result, context, info } = request;
  const onFailure = textWanted(info);
  const shape = onFailure && shapeOf(plan, result, loader, context, info);
  if (!shape) {
    onFailure?.('denied');
    return loader.load(request);
  }
  const text = (await loader.load({ ...request, shape })) as string | null;
  if (text === null) return null;
  if (text.includes(unwritable)) onFailure('unwritable');
  return veil(text, result === 'many', () => onFailure('looked'));
}

/** @throws Error when the type is over no entity */
function targetOf(type: GraphQLNamedType | undefined): PlanTarget {
  const entity = entityOf(type);
  if (!type || !entity) throw new Error(`${type?.name ?? 'The type'} is over no entity.`);
  return { entity, type: type.name };
}
