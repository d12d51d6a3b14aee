import type { PrimaryKeyProp } from '@mikro-orm/core';
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
import type { EntityFieldOptions } from './root-fields.ts';

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
  /** Whether the page can be null, as where the caller may not see it. @default false */
  nullable?: boolean;
}

/** Arguments of a field, and the rows that they stand for. */
export interface Query<Types extends SchemaTypes, E, Args extends InputFieldMap> {
  /** The field's arguments, as Pothos has them. @default none */
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
  /** Whether the list can be null, as where the caller may not see it. @default false */
  nullable?: boolean;
}

/** Options of a field that counts related rows. */
export interface CountOptions<Types extends SchemaTypes, E, Args extends InputFieldMap>
  extends Query<Types, E, Args> {
  /** Whether the number can be null, as where the caller may not see it. @default false */
  nullable?: boolean;
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

/** A relation that may be empty is nullable; any other one may be made so. */
type NullabilityOf<V, Otherwise = boolean> = IsNullable<V> extends true ? true : Otherwise;

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

/** What a resolver gives for a type: for an entity's class a row, never an entity. */
type ResolvedShape<
  Types extends SchemaTypes,
  Type extends TypeParam<Types>,
  Nullable extends FieldNullability<Type>,
> = [RowsOf<Type>] extends [never]
  ? ShapeFromTypeParam<Types, Type, Nullable>
  : RowsOf<Type> | (true extends Nullable ? null | undefined : never);

type RowsOf<Type> = Type extends [infer One]
  ? RowsOf<One> extends infer Each
    ? [Each] extends [never]
      ? never
      : readonly Each[]
    : never
  : Type extends EntityClass<infer E>
    ? typeof PrimaryKeyProp extends keyof E
      ? EntityRow<E>
      : never
    : never;

/** For each member of an object a column that can carry it. */
type GroupColumns<E, Shape> = {
  readonly [Member in keyof Shape]: {
    [K in ColumnKeys<E>]: Value<E[K]> extends Shape[Member] ? K : never;
  }[ColumnKeys<E>];
};

/** The field builder of types over an entity. */
export interface EntityFieldBuilder<Types extends SchemaTypes, E extends object>
  extends Omit<PothosSchemaTypes.RootFieldBuilder<Types, EntityRow<E>, 'Object'>, 'field' | 'entityField'> {
  /**
   * A column as it is. Its GraphQL type and nullability come from the entity.
   *
   * @example
   * builder.entityFields(Invoice, (t) => ({
   *   number: t.expose('number'),
   *   status: t.expose('status', { type: InvoiceStatus, description: 'From draft to paid.' }),
   * }));
   */
  expose<K extends ColumnKeys<E>, Type extends TypeParam<Types> = never>(
    column: K,
    options?: Own<Types, E> & { nullable?: true; type?: Carries<Types, Type, Value<E[K]>> },
  ): FieldRef<Types, Value<E[K]>>;

  /**
   * An object of columns, by the names of its type's fields.
   *
   * @example
   * const Label = builder.objectRef<{ number: string; status: string }>('Label').implement({
   *   fields: (t) => ({ number: t.exposeString('number'), status: t.exposeString('status') }),
   * });
   * builder.entityFields(Invoice, (t) => ({
   *   label: t.group({ type: Label, columns: { number: 'number', status: 'status' } }),
   * }));
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
   * builder.entityFields(Invoice, (t) => ({
   *   customer: t.relation('customer'),
   *   lines: t.relation('lines', {
   *     args: { from: t.arg.int() },
   *     query: ({ from }) => ({ where: { quantity: { $gte: from ?? 0 } }, orderBy: { text: 'asc' } }),
   *   }),
   * }));
   */
  relation<
    K extends ToOneKeys<E>,
    Args extends InputFieldMap = NoArgs,
    Nullable extends NullabilityOf<E[K]> = NullabilityOf<E[K], false>,
  >(
    relation: K,
    options?: Own<Types, E> & ToOneOptions<Types, Target<E[K]>, Args, Nullable>,
  ): FieldRef<Types, Row<Nullable, Target<E[K]>>>;
  /**
   * The rows of a to-many relation: at most `maxSize`, unless its criteria say how many.
   *
   * @example
   * builder.entityFields(Invoice, (t) => ({ lines: t.relation('lines', { maxSize: 20 }) }));
   */
  relation<K extends ToManyKeys<E>, Args extends InputFieldMap = NoArgs>(
    relation: K,
    options?: Own<Types, E> & ToManyOptions<Types, Target<E[K]>, Args>,
  ): FieldRef<Types, EntityRow<Target<E[K]>>[]>;

  /**
   * A to-many relation as a Relay connection, with `nodes` and `totalCount`.
   *
   * @example
   * builder.entityFields(Invoice, (t) => ({
   *   lines: t.relatedConnection('lines', { defaultSize: 10, query: () => ({ orderBy: { text: 'asc' } }) }),
   * }));
   */
  relatedConnection<K extends ToManyKeys<E>, Args extends InputFieldMap = NoArgs>(
    relation: K,
    options?: Own<Types, E> & RelationOptions<Types, Target<E[K]>, Args> & PageSizes,
  ): FieldRef<Types, object>;

  /**
   * How many rows a to-many relation has.
   *
   * @example
   * builder.entityFields(Invoice, (t) => ({
   *   longLines: t.relatedCount('lines', { query: () => ({ where: { quantity: { $gt: 100 } } }) }),
   * }));
   */
  relatedCount<K extends ToManyKeys<E>, Args extends InputFieldMap = NoArgs>(
    relation: K,
    options?: Own<Types, E> & CountOptions<Types, Target<E[K]>, Args>,
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

  /**
   * The one row of another entity that points here through a one-to-one `relation`, which this entity knows nothing of.
   * Null where there is none.
   */
  inverseOne<Owner extends object, K extends RelationsTo<Owner, E>, Args extends InputFieldMap = NoArgs>(
    owner: EntityClass<Owner>,
    relation: K,
    options?: Own<Types, E> & RelationOptions<Types, Owner, Args>,
  ): FieldRef<Types, EntityRow<Owner> | null>;

  /**
   * The row itself as another type over its entity shows it (a variant): nothing more is asked of the database than what
   * is selected below.
   *
   * @example
   * const Draft = builder.entityObject(Invoice, {
   *   name: 'Draft',
   *   variant: true,
   *   fields: (t) => ({ number: t.expose('number') }),
   * });
   * builder.entityFields(Invoice, (t) => ({
   *   draft: t.variant(Draft, { select: ['status'], isNull: ({ status }) => status !== 'draft' }),
   * }));
   */
  variant<const Select extends ColumnKeys<E> | ToOneKeys<E> = never>(
    type: EntityParam<E>,
    options: Own<Types, E> & {
      /** The columns that `isNull` reads. @default the primary key alone */
      select?: readonly Select[];
      /** Whether the row is not shown so: the field is null then. */
      isNull: (row: Columns<E, Select>, args: object, context: Types['Context']) => boolean;
    },
  ): FieldRef<Types, EntityRow<E> | null>;
  /** As above, for every row. */
  variant(type: EntityParam<E>, options?: Own<Types, E>): FieldRef<Types, EntityRow<E>>;

  /**
   * As `inverse`, as a Relay connection.
   *
   * @example
   * builder.entityFields(Customer, (t) => ({ invoices: t.inverseConnection(Invoice, 'customer') }));
   */
  inverseConnection<
    Owner extends object,
    K extends RelationsTo<Owner, E>,
    Args extends InputFieldMap = NoArgs,
  >(
    owner: EntityClass<Owner>,
    relation: K,
    options?: Own<Types, E> & RelationOptions<Types, Owner, Args> & PageSizes,
  ): FieldRef<Types, object>;

  /**
   * How many rows of another entity point here.
   *
   * @example
   * builder.entityFields(Customer, (t) => ({ invoiceCount: t.inverseCount(Invoice, 'customer') }));
   */
  inverseCount<Owner extends object, K extends RelationsTo<Owner, E>, Args extends InputFieldMap = NoArgs>(
    owner: EntityClass<Owner>,
    relation: K,
    options?: Own<Types, E> & CountOptions<Types, Owner, Args>,
  ): FieldRef<Types, number>;

  /**
   * Rows that no relation leads to. What `resolve` reads of its own row, `select` says. Where the row is one of a list,
   * all that are read by `key` in the same tick share a statement; anything else is a statement for each row.
   *
   * @example
   * builder.entityFields(Invoice, (t) => ({
   *   alike: t.entityField({
   *     type: [Invoice],
   *     select: ['status'],
   *     resolve: (read, { status }) => read({ where: { status } }),
   *   }),
   * }));
   */
  entityField<
    Param extends EntityParam | [EntityParam],
    const Select extends ColumnKeys<E> | ToOneKeys<E> = never,
    Nullable extends FieldNullability<Param> = Types['DefaultFieldNullability'] & boolean,
    Args extends InputFieldMap = NoArgs,
  >(
    options: EntityFieldOptions<Types, Columns<E, Select>, Param, Nullable, Args> &
      Own<Types, E> & {
        /** The columns that `resolve` reads. @default the primary key alone */
        select?: readonly Select[];
      },
  ): FieldRef<Types, unknown>;

  /**
   * A field computed from columns that the client need not select; a to-one relation gives its key.
   *
   * @example
   * builder.entityFields(Invoice, (t) => ({
   *   isOpen: t.field({
   *     type: 'Boolean',
   *     select: ['status', 'issuedAt'],
   *     resolve: ({ status, issuedAt }) => status === 'issued' && issuedAt !== null,
   *   }),
   * }));
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
        ResolvedShape<Types, Type, Nullable>,
        Result
      >;
    },
  ): FieldRef<Types, ShapeFromTypeParam<Types, Type, Nullable>>;
}
