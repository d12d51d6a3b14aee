import type { EntityMetadata } from '@mikro-orm/core';
import { type FieldKind, type FieldRef, RootFieldBuilder, type SchemaTypes } from '@pothos/core';
import type { GraphQLResolveInfo } from 'graphql';
import { type LoadedPage, type PageArguments, pageOf, pageRequest } from '../connection/page.ts';
import { bringingWholeRows, extend, type FieldUse, type RelationUse, useOf } from '../selection/field-use.ts';
import { type LoadedRow, rowAs, slotOf, viewIn } from '../selection/loaded-row.ts';
import { hasColumns, inverseRelationOf, propertyOf, type Relation, relationOf } from '../sql/relation.ts';
import type { EntityClass } from '../types/entity.ts';
import { type Builder, entityMetadata, loaderOf, metadataOf } from './builder-loader.ts';
import { connectionField, type LooseOptions } from './connection-field.ts';
import { scalarOf } from './scalars.ts';

type Row = Record<string, unknown>;

type VariantOptions = LooseOptions & {
  readonly select?: readonly string[];
  readonly isNull?: (row: object, args: object, context: object) => boolean;
};

/** Pothos's field builder, without the types: `EntityFieldBuilder` has them, and other plugins add to Pothos's own. */
const PlainFields = RootFieldBuilder as unknown as new (
  builder: Builder,
  kind: FieldKind,
  graphqlKind: FieldKind,
) => { createField(options: object): FieldRef<SchemaTypes> };

/** The field builder that `entityObject` and the like give to `fields`. Its types are those of `EntityFieldBuilder`. */
export class EntityFields extends PlainFields {
  readonly #builder: Builder;
  readonly #entity: EntityMetadata;

  constructor(builder: Builder, entity: EntityMetadata, kind: 'Object' | 'Interface') {
    super(builder, kind, kind);
    this.#builder = builder;
    this.#entity = entity;
  }

  /** An ordinary field, which may say the columns that it reads. */
  field(options: object): FieldRef<SchemaTypes> {
    const { select, ...field } = options as LooseOptions & { select?: readonly string[] };
    const use = useOf(field) ?? { kind: 'columns', columns: select ?? [] };
    return this.createField({ ...field, extensions: extend(field.extensions, use) });
  }

  expose(name: string, options: LooseOptions = {}): FieldRef<SchemaTypes> {
    const property = propertyOf(this.#entity, name);
    if (!hasColumns(property)) throw new Error(`${this.#entity.className}.${name} is no column.`);
    const type = options.type ?? scalarOf(this.#entity, property, this.#builder.options.mikroOrm.scalars);
    const resolve =
      type === 'ID'
        ? (row: Row) => (typeof row[name] === 'bigint' ? String(row[name]) : row[name])
        : (row: Row) => row[name];
    return this.#field(
      options,
      { kind: 'columns', columns: [name], shown: type === 'ID' ? 'id' : 'value' },
      {
        type,
        nullable: options.nullable ?? property.nullable === true,
        resolve,
      },
    );
  }

  group(
    options: LooseOptions & { readonly columns: Readonly<Record<string, string>> },
  ): FieldRef<SchemaTypes> {
    const { columns, ...field } = options;
    const parts = Object.entries(columns);
    const use: FieldUse = { kind: 'columns', columns: parts.map(([, column]) => column), shown: columns };
    const resolve = (row: Row) => Object.fromEntries(parts.map(([part, column]) => [part, row[column]]));
    return this.#field(field, use, { resolve });
  }

  relation(name: string, options: LooseOptions = {}): FieldRef<SchemaTypes> {
    return this.#rows(relationOf(metadataOf(this.#builder), this.#entity, name), options);
  }

  relatedConnection(name: string, options: LooseOptions = {}): FieldRef<SchemaTypes> {
    return this.#page(relationOf(metadataOf(this.#builder), this.#entity, name), options);
  }

  relatedCount(name: string, options: LooseOptions = {}): FieldRef<SchemaTypes> {
    return this.#count(relationOf(metadataOf(this.#builder), this.#entity, name), options);
  }

  inverse(owner: EntityClass, name: string, options: LooseOptions = {}): FieldRef<SchemaTypes> {
    const relation = this.#inverse(owner, name);
    if (!relation.many) throw new Error(`${relation.name} is of one row only: its inverse is "inverseOne".`);
    return this.#rows(relation, options);
  }

  inverseOne(owner: EntityClass, name: string, options: LooseOptions = {}): FieldRef<SchemaTypes> {
    const relation = this.#inverse(owner, name);
    if (relation.many) throw new Error(`${relation.name} may be of many rows: its inverse is "inverse".`);
    return this.#rows(relation, options);
  }

  /** The row itself, as another type over its entity shows it. */
  variant(type: unknown, options: VariantOptions = {}): FieldRef<SchemaTypes> {
    const { select, isNull, ...field } = options;
    return this.field({
      ...field,
      type,
      nullable: isNull !== undefined,
      resolve: (row: LoadedRow, args: object, context: object, info: GraphQLResolveInfo) => {
        const view = viewIn(row, info.fieldNodes[0]);
        return view && !isNull?.(row, args, context) ? rowAs(row, view) : null;
      },
      extensions: bringingWholeRows(extend(options.extensions, { kind: 'variant', columns: select ?? [] })),
    });
  }

  inverseConnection(owner: EntityClass, name: string, options: LooseOptions = {}): FieldRef<SchemaTypes> {
    return this.#page(this.#inverse(owner, name), options);
  }

  inverseCount(owner: EntityClass, name: string, options: LooseOptions = {}): FieldRef<SchemaTypes> {
    return this.#count(this.#inverse(owner, name), options);
  }

  #inverse(owner: EntityClass, name: string): Relation {
    return inverseRelationOf(
      metadataOf(this.#builder),
      entityMetadata(this.#builder, owner),
      name,
      this.#entity,
    );
  }

  #rows(relation: Relation, options: LooseOptions): FieldRef<SchemaTypes> {
    const type = options.type ?? relation.target.class;
    const extensions = bringingWholeRows(options.extensions);
    return this.#field({ ...options, extensions }, this.#use('rows', relation, options), {
      type: relation.many ? [type] : type,
      nullable: options.nullable ?? (!relation.many && relation.nullable),
      resolve: fromSlot,
    });
  }

  #count(relation: Relation, options: LooseOptions): FieldRef<SchemaTypes> {
    if (!relation.many)
      throw new Error(`${this.#entity.className}.${relation.name} leads to one row: it has no count.`);
    return this.#field(options, this.#use('count', relation, options), {
      type: 'Int',
      nullable: options.nullable ?? false,
      resolve: fromSlot,
    });
  }

  #page(relation: Relation, options: LooseOptions): FieldRef<SchemaTypes> {
    if (!relation.many)
      throw new Error(`${this.#entity.className}.${relation.name} leads to one row: it has no pages.`);
    const use = this.#use('page', relation, options);
    const { query: _query, defaultSize: _defaultSize, maxSize: _maxSize, ...field } = options;
    return connectionField(this, {
      ...field,
      type: options.type ?? relation.target.class,
      extensions: extend(options.extensions, use),
      resolve: (row: Row, args: PageArguments, _context: unknown, info: GraphQLResolveInfo) =>
        pageOf(fromSlot(row, args, _context, info) as LoadedPage, pageRequest(args, use)),
    });
  }

  #use(kind: RelationUse['kind'], relation: Relation, options: LooseOptions): RelationUse {
    const loader = loaderOf(this.#builder);
    return {
      kind,
      relation,
      query: options.query,
      defaultSize: options.defaultSize ?? loader.defaultSize,
      maxSize: options.maxSize ?? loader.maxSize,
    };
  }

  #field(options: LooseOptions, use: FieldUse, given: LooseOptions): FieldRef<SchemaTypes> {
    const { query: _query, maxSize: _maxSize, ...field } = options;
    return this.field({ ...field, ...given, extensions: extend(options.extensions, use) });
  }
}

const fromSlot = (row: Row, _args: unknown, _context: unknown, info: GraphQLResolveInfo): unknown =>
  row[String(slotOf(row, info.fieldNodes[0]))];
