import type { InterfaceRef, ObjectRef, SchemaTypes, UnionRef } from '@pothos/core';
import type { EntityClass, EntityRow } from './entity.ts';

declare const entityOfRef: unique symbol;

/** A GraphQL object type over an entity. */
export type EntityObjectRef<Types extends SchemaTypes, E> = ObjectRef<Types, EntityRow<E>, EntityRow<E>> & {
  readonly [entityOfRef]: E;
};

/** A GraphQL interface over an entity: the root of a single-table inheritance. */
export type EntityInterfaceRef<Types extends SchemaTypes, E> = InterfaceRef<
  Types,
  EntityRow<E>,
  EntityRow<E>
> & {
  readonly [entityOfRef]: E;
};

export type EntityRef<Types extends SchemaTypes, E> =
  | EntityObjectRef<Types, E>
  | EntityInterfaceRef<Types, E>;

/** A union of entities' types, for a polymorphic relation. */
export type EntityUnionRef<Types extends SchemaTypes, E> = UnionRef<
  Types,
  E extends object ? EntityRow<E> : never
>;

/** What stands for an entity's GraphQL type: the class, or a ref (for a variant). */
export type EntityParam<E extends object = object> = EntityClass<E> | { readonly [entityOfRef]: E };

/** The entity behind a param. */
export type EntityOf<Param> = Param extends { readonly [entityOfRef]: infer E extends object }
  ? E
  : Param extends EntityClass<infer E>
    ? E
    : never;
