import type {
  Collection,
  Hidden,
  Opt,
  Primary,
  PrimaryKeyProp,
  Reference,
  ScalarReference,
} from '@mikro-orm/core';
import type { Normalize } from '@pothos/core';

/** An entity class: `export class Invoice extends InvoiceSchema.class {}`. */
export type EntityClass<E extends object = object> = abstract new (...args: never[]) => E;

type Keys<E> = keyof E & string;
type IsNever<T> = [T] extends [never] ? true : false;
type IsEntity<V> = typeof PrimaryKeyProp extends keyof V
  ? V extends { [PrimaryKeyProp]?: infer Key }
    ? IsNever<Exclude<Key, undefined>> extends true
      ? false
      : true
    : false
  : false;

/** The entity that a relation leads to; `never` for a column. */
export type Target<V> =
  NonNullable<V> extends Collection<infer T, object>
    ? T
    : NonNullable<V> extends Reference<infer T>
      ? T
      : IsEntity<NonNullable<V>> extends true
        ? NonNullable<V>
        : never;

type IsToMany<V> = NonNullable<V> extends Collection<object, object> ? true : false;
type IsRelation<V> = IsNever<Target<V>> extends true ? false : true;

/** Properties of `E` that lead to many rows. */
export type ToManyKeys<E> = { [K in Keys<E>]: IsToMany<E[K]> extends true ? K : never }[Keys<E>];

/** Properties of `E` that lead to one row. */
export type ToOneKeys<E> = {
  [K in Keys<E>]: IsRelation<E[K]> extends true ? (IsToMany<E[K]> extends true ? never : K) : never;
}[Keys<E>];

/** Properties of `E` that hold values of its own: columns, formulas, embedded objects. */
export type ColumnKeys<E> = {
  [K in Keys<E>]: IsRelation<E[K]> extends true
    ? never
    : E[K] extends (...args: never[]) => unknown
      ? never
      : K;
}[Keys<E>];

/** Relations of `Owner` that lead to `E`: what `t.inverse(Owner, …)` can be built on. */
export type RelationsTo<Owner, E> = {
  [K in ToOneKeys<Owner> | ToManyKeys<Owner>]: E extends Target<Owner[K]> ? K : never;
}[ToOneKeys<Owner> | ToManyKeys<Owner>];

type Unbrand<V> = V extends Opt<infer U> ? U : V extends Hidden<infer U> ? U : V;
type NullOf<V> = null extends V ? null : undefined extends V ? null : never;
type Bare<V> = V extends ScalarReference<infer T> ? NonNullable<T> : Unbrand<NonNullable<V>>;

/** True when the property may be empty. */
export type IsNullable<V> = IsNever<NullOf<V>> extends true ? false : true;

/** A property's value in a row: what hydration gives, without references and brands, null instead of undefined. */
export type Value<V> =
  | (IsRelation<V> extends true ? Primary<Target<V>> : Bare<NonNullable<V>>)
  | NullOf<V>
  | (V extends ScalarReference<infer T> ? NullOf<T> : never);

type KeyNames<Key> = NonNullable<Key> extends readonly (infer K)[] ? K : NonNullable<Key>;

/** The names of the primary key's properties. */
export type PrimaryKeys<E> = E extends { [PrimaryKeyProp]?: infer Key } ? KeyNames<Key> & Keys<E> : never;

/** The columns that a computed field asked for, and the primary key. No entity: nothing to call, nothing to flush. */
export type Columns<E, K extends Keys<E>> = Normalize<{
  readonly [P in K | PrimaryKeys<E>]: Value<E[P]>;
}>;

/** The primary key, and columns that are known besides. */
export type KnownColumns<E> = { readonly [K in PrimaryKeys<E>]: Value<E[K]> } & {
  readonly [K in ColumnKeys<E>]?: Value<E[K]>;
};

declare const entityOfRow: unique symbol;

/**
 * A row that the plugin loaded for a GraphQL type over `E`. Only `read(…)` and `entityRow(…)` make one; an entity is
 * not one, so a resolver that returns an entity does not compile.
 */
export interface EntityRow<out E> {
  readonly [entityOfRow]: E;
}
