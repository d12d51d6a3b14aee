import type { FieldMap, InterfaceParam, ObjectRef, ObjectTypeOptions, SchemaTypes } from '@pothos/core';
import type { Criteria } from './criteria.ts';
import type { ColumnKeys, Columns, EntityRow } from './entity.ts';
import type { EntityFieldBuilder, OtherOptions } from './fields.ts';

interface Named {
  /** The GraphQL name. @default the entity's name */
  name?: string;
  /** True for a second type over the same entity: `type: Entity` goes on meaning the first. @default false */
  variant?: boolean;
}

type TypeOptions<
  Types extends SchemaTypes,
  E extends object,
  Interfaces extends InterfaceParam<Types>[],
> = Omit<
  ObjectTypeOptions<Types, ObjectRef<Types, EntityRow<E>>, EntityRow<E>, Interfaces>,
  'fields' | 'name' | 'isTypeOf'
>;

/** Options of `builder.entityObject`. */
export type EntityObjectOptions<
  Types extends SchemaTypes,
  E extends object,
  Interfaces extends InterfaceParam<Types>[],
> = TypeOptions<Types, E, Interfaces> &
  Named & {
    /** The type's fields; none is there by itself. */
    fields: (t: EntityFieldBuilder<Types, E>) => FieldMap;
  };

/** Options of `builder.entityNode`. */
export type EntityNodeOptions<
  Types extends SchemaTypes,
  E extends object,
  Interfaces extends InterfaceParam<Types>[],
> = EntityObjectOptions<Types, E, Interfaces> & {
  /** Options of the field `id`, as its description. */
  id?: OtherOptions<Types, EntityRow<E>>;
  /** Which rows `node` and `nodes` may show, besides the filters. @default all */
  node?: (context: Types['Context']) => Criteria<E>;
  /** Whether this caller may load the type through `node` and `nodes`; where not, they give null. @default always */
  visible?: (context: Types['Context']) => boolean;
};

/** Options of `builder.entityInterface`. */
export type EntityInterfaceOptions<
  Types extends SchemaTypes,
  E extends object,
  Select extends ColumnKeys<E> = never,
> = Omit<PothosSchemaTypes.InterfaceTypeOptions<Types, EntityRow<E>, []>, 'fields' | 'name' | 'resolveType'> &
  Named & {
    fields: (t: EntityFieldBuilder<Types, E>) => FieldMap;
    /** The columns that `resolveType` reads. @default the primary key alone */
    select?: readonly Select[];
    /** The name of a row's type, where several are over its entity. @default the one that there is */
    resolveType?: (row: Columns<E, Select>, context: Types['Context']) => string;
  };
