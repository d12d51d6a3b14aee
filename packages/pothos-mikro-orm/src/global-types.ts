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
      /** pothos-mikro-orm */
      mikroOrm: MikroOrmPlugin<Types>;
    }

    export interface SchemaBuilderOptions<Types extends SchemaTypes> {
      /** The options of pothos-mikro-orm. */
      mikroOrm: MikroOrmOptions<Types>;
    }

    export interface SchemaBuilder<Types extends SchemaTypes> {
      /**
       * An object type over an entity. From then on the entity's class stands for it: `type: Invoice`.
       *
       * @example
       * builder.entityObject(Invoice, {
       *   description: 'A demand for money.',
       *   fields: (t) => ({ number: t.expose('number'), customer: t.relation('customer') }),
       * });
       */
      entityObject<E extends object, const Interfaces extends InterfaceParam<Types>[] = []>(
        entity: EntityClass<E>,
        options: EntityObjectOptions<Types, E, Interfaces>,
      ): EntityObjectRef<Types, E>;

      /**
       * An object type with a global `id` (of the primary key), which `node` and `nodes` can load: all ids of a type in
       * one statement. It needs Pothos's Relay plugin.
       *
       * @example
       * builder.entityNode(Customer, {
       *   node: () => ({ where: { email: { $ne: null } } }),
       *   fields: (t) => ({ name: t.expose('name') }),
       * });
       */
      entityNode<E extends object, const Interfaces extends InterfaceParam<Types>[] = []>(
        entity: EntityClass<E>,
        options: EntityNodeOptions<Types, E, Interfaces>,
      ): EntityObjectRef<Types, E>;

      /**
       * An interface over the root of an inheritance, where a row's type follows from its class; or over any entity, for
       * types of which its `resolveType` chooses.
       *
       * @example
       * const PaymentRef = builder.entityInterface(Payment, { fields: (t) => ({ amount: t.expose('amount') }) });
       * builder.entityObject(CardPayment, {
       *   interfaces: [PaymentRef],
       *   fields: (t) => ({ last4: t.expose('last4') }),
       * });
       */
      entityInterface<E extends object, const Select extends ColumnKeys<E> = never>(
        entity: EntityClass<E>,
        options: EntityInterfaceOptions<Types, E, Select>,
      ): EntityInterfaceRef<Types, E>;

      /**
       * Adds fields to the type of an entity (or to a variant, by its ref), which another module may have defined, or will.
       *
       * @example
       * builder.entityFields(Customer, (t) => ({ invoiceCount: t.inverseCount(Invoice, 'customer') }));
       */
      entityFields<E extends object>(
        entity: EntityParam<E>,
        fields: (t: EntityFieldBuilder<Types, E>) => FieldMap,
      ): void;

      /**
       * The type of an entity for where Pothos wants a ref: unions, plain fields. It may be defined later.
       *
       * @example
       * builder.unionType('Subject', { types: [builder.entityRef(Invoice), builder.entityRef(Customer)] });
       */
      entityRef<E extends object>(entity: EntityClass<E>): EntityObjectRef<Types, E>;

      /**
       * A row that a resolver knows the key (and some columns) of. What else is selected of it is loaded: in one
       * statement for all rows of the type in the same tick, under the filters: what they hide is an error with the code
       * `NOT_FOUND`.
       *
       * @example
       * builder.queryField('found', (t) =>
       *   t.field({
       *     type: [builder.entityRef(Invoice)],
       *     resolve: async () => [3, 1, 2].map((id) => builder.entityRow(Invoice, { id })),
       *   }),
       * );
       */
      entityRow<E extends object>(entity: EntityClass<E>, columns: KnownColumns<E>): EntityRow<E>;
    }

    export interface RootFieldBuilder<
      Types extends SchemaTypes,
      ParentShape,
      Kind extends FieldKind = FieldKind,
    > {
      /**
       * One row (`type: Invoice`) or many (`type: [Invoice]`), loaded in one statement with all that is selected. It
       * stands on queries, mutations (and their payloads) and subscriptions.
       *
       * @example
       * builder.queryFields((t) => ({
       *   invoice: t.entityField({
       *     type: Invoice,
       *     nullable: true,
       *     args: { id: t.arg.int({ required: true }) },
       *     resolve: (read, _root, { id }) => read({ key: id }),
       *   }),
       *   drafts: t.entityField({
       *     type: [Invoice],
       *     resolve: (read) => read({ where: { status: 'draft' }, orderBy: { number: 'asc' } }),
       *   }),
       * }));
       *
       * @example
       * // what a mutation wrote is read in its transaction, if `em` is `orm.em.fork({ useContext: true })`
       * builder.mutationField('issue', (t) =>
       *   t.entityField({
       *     type: Invoice,
       *     args: { id: t.arg.int({ required: true }) },
       *     resolve: (read, _root, { id }, { em }) =>
       *       em.transactional(async (tx) => {
       *         const invoice = await tx.findOneOrFail(Invoice, id);
       *         invoice.status = 'issued';
       *         await tx.flush();
       *         return read({ key: id });
       *       }),
       *   }),
       * );
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
       * builder.queryField('invoices', (t) =>
       *   t.entityConnection({
       *     type: Invoice,
       *     args: { number: t.arg.string() },
       *     query: (_root, { number }) => ({
       *       where: number ? { number: { $like: `${number}%` } } : {},
       *       orderBy: { number: 'desc' },
       *     }),
       *   }),
       * );
       */
      entityConnection<Param extends EntityParam, Args extends InputFieldMap = Record<never, never>>(
        options: EntityConnectionOptions<Types, ParentShape, Param, Args> &
          OtherOptions<Types, ParentShape, Kind>,
      ): FieldRef<Types, unknown>;
    }
  }
}
