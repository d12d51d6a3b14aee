import type {
  FieldNullability,
  FieldRef,
  InputFieldMap,
  InputShapeFromFields,
  Resolver,
  SchemaTypes,
  ShapeFromTypeParam,
  TypeParam,
} from '@pothos/core';
import type { Criteria } from './criteria.ts';
import type {
  ColumnKeys,
  Columns,
  EntityClass,
  EntityRow,
  IsNullable,
  RelationsTo,
  Target,
  ToManyKeys,
  ToOneKeys,
  Value,
} from './entity.ts';
import type { EntityParam, EntityUnionRef } from './refs.ts';

/** What the plugin fills in. */
type Given = 'type' | 'args' | 'nullable' | 'resolve' | 'subscribe' | 'select';

/** Every other option of an ordinary field: description, deprecation, extensions and what other plugins add. */
export type OtherOptions<
  Types extends SchemaTypes,
  Parent,
  Kind extends keyof Kinds<Types, Parent> = 'Object',
> = Omit<Kinds<Types, Parent>[Kind], Given>;
type Kinds<Types extends SchemaTypes, Parent> = PothosSchemaTypes.FieldOptionsByKind<
  Types,
  Parent,
  TypeParam<Types>,
  boolean,
  InputFieldMap,
  unknown,
  unknown
>;

/** The sizes of pages. */
export interface PageSizes {
  /** Rows of a page when neither `first` nor `last` is given. @default the builder's `defaultSize` */
  defaultSize?: number;
  /** The most rows that a client may ask for; more is refused. @default the builder's `maxSize` */
  maxSize?: number;
}

/** Arguments of a field, and the rows that they stand for. */
export interface Query<Types extends SchemaTypes, E, Args extends InputFieldMap> {
  args?: Args;
  /** Which rows and in what order; the relation itself and the target's filters are added. @default all of them, by primary key */
  query?: (args: InputShapeFromFields<Args>, context: Types['Context']) => Criteria<E & object>;
}

/** Options of a field over a relation. */
export interface RelationOptions<Types extends SchemaTypes, E, Args extends InputFieldMap>
  extends Query<Types, E, Args> {
  /** A variant of the target's type. @default the type that was defined for the target's entity */
  type?: EntityParam<E & object> | EntityUnionRef<Types, E>;
}

/** Options of a field that shows a list of related rows. */
export interface ToManyOptions<Types extends SchemaTypes, E, Args extends InputFieldMap>
  extends RelationOptions<Types, E, Args> {
  /** The most rows of a list whose criteria have no `limit`. @default the builder's `maxSize` */
  maxSize?: number;
}

/** Options of a field that shows one related row. */
export interface ToOneOptions<
  Types extends SchemaTypes,
  E,
  Args extends InputFieldMap,
  Nullable extends boolean,
> extends RelationOptions<Types, E, Args> {
  /** @default whether the column is nullable. Say `true` where a filter can hide the row. */
  nullable?: Nullable;
}

type NoArgs = Record<never, never>;
type Row<Nullable, E> = EntityRow<E> | (true extends Nullable ? null : never);
type Own<Types extends SchemaTypes, E> = OtherOptions<Types, EntityRow<E>>;

/** A `type` that replaces the inferred one must be able to carry the column's value. */
type Carries<Types extends SchemaTypes, Type, V> = Type &
  ([Type] extends [never]
    ? unknown
    : Type extends TypeParam<Types>
      ? NonNullable<V> extends ShapeFromTypeParam<Types, Type, false>
        ? unknown
        : { 'this type does not carry the column': V }
      : never);

/** For each member of an object a column that can carry it. */
type GroupColumns<E, Shape> = {
  readonly [Member in keyof Shape]: {
    [K in ColumnKeys<E>]: Value<E[K]> extends Shape[Member] ? K : never;
  }[ColumnKeys<E>];
};

/** The field builder of types over an entity. */
export interface EntityFieldBuilder<Types extends SchemaTypes, E extends object>
  extends Omit<PothosSchemaTypes.RootFieldBuilder<Types, EntityRow<E>, 'Object'>, 'field'> {
  /**
   * A column as it is. Its GraphQL type and nullability come from the entity.
   *
   * @example
   * t.expose('number')
   * t.expose('status', { type: InvoiceStatus })
   */
  expose<K extends ColumnKeys<E>, Type extends TypeParam<Types> = never>(
    column: K,
    options?: Own<Types, E> & { nullable?: true; type?: Carries<Types, Type, Value<E[K]>> },
  ): FieldRef<Types, Value<E[K]>>;

  /**
   * An object of columns, by the names of its type's fields.
   *
   * @example
   * t.group({ type: Money, columns: { amount: 'net', currency: 'currency' } })
   */
  group<Type extends TypeParam<Types>>(
    options: Own<Types, E> & {
      type: Type;
      columns: GroupColumns<E, ShapeFromTypeParam<Types, Type, false>>;
    },
  ): FieldRef<Types, ShapeFromTypeParam<Types, Type, false>>;

  /**
   * The row of a to-one relation, or the rows of a to-many relation (at most `maxSize`, unless its criteria say how
   * many).
   *
   * @example
   * t.relation('customer')
   * t.relation('lines', { query: () => ({ orderBy: { position: 'asc' } }) })
   */
  relation<
    K extends ToOneKeys<E>,
    Args extends InputFieldMap = NoArgs,
    Nullable extends boolean = IsNullable<E[K]>,
  >(
    relation: K,
    options?: Own<Types, E> & ToOneOptions<Types, Target<E[K]>, Args, Nullable>,
  ): FieldRef<Types, Row<Nullable, Target<E[K]>>>;
  relation<K extends ToManyKeys<E>, Args extends InputFieldMap = NoArgs>(
    relation: K,
    options?: Own<Types, E> & ToManyOptions<Types, Target<E[K]>, Args>,
  ): FieldRef<Types, EntityRow<Target<E[K]>>[]>;

  /** A to-many relation as a Relay connection, with `nodes` and `totalCount`. */
  relatedConnection<K extends ToManyKeys<E>, Args extends InputFieldMap = NoArgs>(
    relation: K,
    options?: Own<Types, E> & RelationOptions<Types, Target<E[K]>, Args> & PageSizes,
  ): FieldRef<Types, object>;

  /** How many rows a to-many relation has. */
  relatedCount<K extends ToManyKeys<E>, Args extends InputFieldMap = NoArgs>(
    relation: K,
    options?: Own<Types, E> & Query<Types, Target<E[K]>, Args>,
  ): FieldRef<Types, number>;

  /**
   * The rows of another entity that point here through `relation`, which this entity knows nothing of.
   *
   * @example
   * builder.entityFields(Customer, (t) => ({
   *   invoices: t.inverse(Invoice, 'customer', { query: () => ({ orderBy: { number: 'asc' } }) }),
   * }));
   */
  inverse<Owner extends object, K extends RelationsTo<Owner, E>, Args extends InputFieldMap = NoArgs>(
    owner: EntityClass<Owner>,
    relation: K,
    options?: Own<Types, E> & ToManyOptions<Types, Owner, Args>,
  ): FieldRef<Types, EntityRow<Owner>[]>;

  /** As `inverse`, as a Relay connection. */
  inverseConnection<
    Owner extends object,
    K extends RelationsTo<Owner, E>,
    Args extends InputFieldMap = NoArgs,
  >(
    owner: EntityClass<Owner>,
    relation: K,
    options?: Own<Types, E> & RelationOptions<Types, Owner, Args> & PageSizes,
  ): FieldRef<Types, object>;

  /** How many rows of another entity point here. */
  inverseCount<Owner extends object, K extends RelationsTo<Owner, E>, Args extends InputFieldMap = NoArgs>(
    owner: EntityClass<Owner>,
    relation: K,
    options?: Own<Types, E> & Query<Types, Owner, Args>,
  ): FieldRef<Types, number>;

  /**
   * A field computed from columns that the client need not select; a to-one relation gives its key.
   *
   * @example
   * t.field({ type: 'Boolean', select: ['status', 'dueOn'], resolve: (row) => isOverdue(row) })
   */
  field<
    Type extends TypeParam<Types>,
    const Select extends ColumnKeys<E> | ToOneKeys<E> = never,
    Nullable extends FieldNullability<Type> = Types['DefaultFieldNullability'],
    Args extends InputFieldMap = NoArgs,
    Result = unknown,
  >(
    options: Omit<
      PothosSchemaTypes.ObjectFieldOptions<Types, Columns<E, Select>, Type, Nullable, Args, Result>,
      'resolve' | 'select'
    > & {
      /** The columns that `resolve` reads. @default the primary key alone */
      select?: readonly Select[];
      resolve: Resolver<
        Columns<E, Select>,
        InputShapeFromFields<Args>,
        Types['Context'],
        ShapeFromTypeParam<Types, Type, Nullable>,
        Result
      >;
    },
  ): FieldRef<Types, ShapeFromTypeParam<Types, Type, Nullable>>;
}
