import type {
  FieldNullability,
  InputFieldMap,
  InputShapeFromFields,
  MaybePromise,
  SchemaTypes,
} from '@pothos/core';
import type { GraphQLResolveInfo } from 'graphql';
import type { Criteria, ReadMany, ReadOne } from './criteria.ts';
import type { EntityRow } from './entity.ts';
import type { PageSizes } from './fields.ts';
import type { EntityOf, EntityParam } from './refs.ts';

/** What a subscription's events are; on every other kind of type there are none. */
export type Subscribe<
  Types extends SchemaTypes,
  Kind,
  Root,
  Args extends InputFieldMap,
  Event,
> = Kind extends 'Subscription'
  ? {
      subscribe: (
        root: Root,
        args: InputShapeFromFields<Args>,
        context: Types['Context'],
        info: GraphQLResolveInfo,
      ) => MaybePromise<AsyncIterable<Event>>;
    }
  : unknown;

type IsListNullable<Nullable> = Nullable extends Readonly<Record<'list', infer List>> ? List : Nullable;

/** Options of `t.entityField`. */
export interface EntityFieldOptions<
  Types extends SchemaTypes,
  Parent,
  Param extends EntityParam | [EntityParam],
  Nullable extends FieldNullability<Param>,
  Args extends InputFieldMap,
> {
  /** The entity's class (or a ref, for a variant); in a list for many rows. */
  type: Param;
  /** Whether there may be no row. @default the builder's `defaultFieldNullability` */
  nullable?: Nullable;
  /** The field's arguments, as Pothos has them. @default none */
  args?: Args;
  /**
   * Says which rows; `read` loads what the client selects of them. Where the field (or a list's item) is not nullable
   * and there is no such row, the client gets an error with the code `NOT_FOUND`.
   */
  resolve: (
    read: Param extends [infer One] ? ReadMany<EntityOf<One>> : ReadOne<EntityOf<Param>>,
    parent: Parent,
    args: InputShapeFromFields<Args>,
    context: Types['Context'],
    info: GraphQLResolveInfo,
  ) => MaybePromise<
    | (Param extends [infer One] ? readonly (EntityRow<EntityOf<One>> | null)[] : EntityRow<EntityOf<Param>>)
    | (Param extends [unknown]
        ? true extends IsListNullable<Nullable>
          ? null | undefined
          : never
        : null | undefined)
  >;
}

/** Options of `t.entityConnection`. */
export interface EntityConnectionOptions<
  Types extends SchemaTypes,
  Parent,
  Param extends EntityParam,
  Args extends InputFieldMap,
> extends PageSizes {
  /** The entity's class (or a ref, for a variant). */
  type: Param;
  /** Arguments besides `first`, `after`, `last` and `before`. @default none */
  args?: Args;
  /** Which rows and in what order, before the page is cut. */
  query: (
    parent: Parent,
    args: InputShapeFromFields<Args>,
    context: Types['Context'],
    info: GraphQLResolveInfo,
  ) => MaybePromise<Criteria<EntityOf<Param>>>;
}
