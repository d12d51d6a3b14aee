import type {
  FieldKind,
  FieldMap,
  FieldNullability,
  InputFieldMap,
  InterfaceParam,
  SchemaTypes,
} from '@pothos/core';
import type { MikroOrmOptions } from './options.ts';
import type { MikroOrmPlugin } from './plugin.ts';
import type { EntityInterfaceOptions, EntityNodeOptions, EntityObjectOptions } from './types/builder.ts';
import type { ColumnKeys, EntityClass, EntityRow, KnownColumns } from './types/entity.ts';
import type { EntityFieldBuilder, OtherOptions } from './types/fields.ts';
import type { EntityInterfaceRef, EntityObjectRef, EntityParam } from './types/refs.ts';
import type { EntityConnectionOptions, EntityFieldOptions, Subscribe } from './types/root-fields.ts';

declare global {
  export namespace PothosSchemaTypes {
    export interface Plugins<Types extends SchemaTypes> {
      mikroOrm: MikroOrmPlugin<Types>;
    }

    export interface SchemaBuilderOptions<Types extends SchemaTypes> {
      mikroOrm: MikroOrmOptions<Types>;
    }

    export interface SchemaBuilder<Types extends SchemaTypes> {
      /**
       * An object type over an entity. From then on the entity's class stands for it: `type: Invoice`.
       *
       * @example
       * builder.entityObject(Invoice, { fields: (t) => ({ number: t.expose('number') }) });
       */
      entityObject<E extends object, const Interfaces extends InterfaceParam<Types>[] = []>(
        entity: EntityClass<E>,
        options: EntityObjectOptions<Types, E, Interfaces>,
      ): EntityObjectRef<Types, E>;

      /** An object type with a global `id` (of the primary key), which `node` and `nodes` can load. */
      entityNode<E extends object, const Interfaces extends InterfaceParam<Types>[] = []>(
        entity: EntityClass<E>,
        options: EntityNodeOptions<Types, E, Interfaces>,
      ): EntityObjectRef<Types, E>;

      /**
       * An interface over the root of a single-table inheritance, where a row's type follows from its discriminator; or
       * over any entity, for types of which its `resolveType` chooses.
       */
      entityInterface<E extends object, const Select extends ColumnKeys<E> = never>(
        entity: EntityClass<E>,
        options: EntityInterfaceOptions<Types, E, Select>,
      ): EntityInterfaceRef<Types, E>;

      /** Adds fields to the type of an entity (or to a variant, by its ref), which another module may define. */
      entityFields<E extends object>(
        entity: EntityParam<E>,
        fields: (t: EntityFieldBuilder<Types, E>) => FieldMap,
      ): void;

      /** The type of an entity for where Pothos wants a ref: unions, plain fields. It may be defined later. */
      entityRef<E extends object>(entity: EntityClass<E>): EntityObjectRef<Types, E>;

      /**
       * A row that a resolver knows the key (and some columns) of. What else is selected of it is loaded: in one
       * statement for all rows of the type in the same tick.
       *
       * @example
       * t.field({ type: builder.entityRef(Invoice), resolve: (event) => builder.entityRow(Invoice, { id: event.id }) })
       */
      entityRow<E extends object>(entity: EntityClass<E>, columns: KnownColumns<E>): EntityRow<E>;
    }

    export interface RootFieldBuilder<
      Types extends SchemaTypes,
      ParentShape,
      Kind extends FieldKind = FieldKind,
    > {
      /**
       * One row (`type: Invoice`) or many (`type: [Invoice]`), loaded in one statement with all that is selected.
       *
       * @example
       * t.entityField({
       *   type: Invoice,
       *   nullable: true,
       *   args: { id: t.arg.string({ required: true }) },
       *   resolve: (read, _root, args) => read({ key: args.id }),
       * })
       */
      entityField<
        Param extends EntityParam | [EntityParam],
        Nullable extends FieldNullability<Param> = Types['DefaultFieldNullability'] & boolean,
        Args extends InputFieldMap = Record<never, never>,
        Event = unknown,
      >(
        options: EntityFieldOptions<
          Types,
          Kind extends 'Subscription' ? Event : ParentShape,
          Param,
          Nullable,
          Args
        > &
          OtherOptions<Types, ParentShape, Kind> &
          Subscribe<Types, Kind, ParentShape, Args, Event>,
      ): FieldRef<Types, unknown>;

      /**
       * Rows as a Relay connection, with `nodes` and `totalCount`, in one statement.
       *
       * @example
       * t.entityConnection({ type: Invoice, query: () => ({ orderBy: { number: 'desc' } }) })
       */
      entityConnection<Param extends EntityParam, Args extends InputFieldMap = Record<never, never>>(
        options: EntityConnectionOptions<Types, ParentShape, Param, Args> &
          OtherOptions<Types, ParentShape, Kind>,
      ): FieldRef<Types, unknown>;
    }
  }
}
