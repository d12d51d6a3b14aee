import type { EntityMetadata } from '@mikro-orm/core';
import type { Relation } from '../sql/relation.ts';
import type { Criteria } from '../types/criteria.ts';

/** Sizes of a connection's pages. */
export interface Sizes {
  readonly defaultSize: number;
  readonly maxSize: number;
}

/** A field that reads columns of its row. */
export interface ColumnsUse {
  readonly kind: 'columns';
  readonly columns: readonly string[];
  /**
   * What it shows of them where its resolver is the plugin's own: the value as it is, or as an id's text; the global id
   * of a key; or an object of columns by its fields' names.
   */
  readonly shown?: 'value' | 'id' | 'globalId' | Readonly<Record<string, string>> | undefined;
}

/** A field that shows rows at the other end of a relation, a page of them, or their number. */
export interface RelationUse extends Sizes {
  readonly kind: 'rows' | 'page' | 'count';
  readonly relation: Relation;
  readonly query: ((args: object, context: object) => Criteria<object>) | undefined;
}

/** A field that shows its own row as another GraphQL type. */
export interface VariantUse {
  readonly kind: 'variant';
  /** The columns that decide whether it is shown. */
  readonly columns: readonly string[];
}

/** A type of a connection's, made by the plugin. */
type PageType = 'connection' | 'edge';

/** What a field of a type over an entity needs to be loaded; kept in the field's GraphQL extensions. */
export type FieldUse = ColumnsUse | RelationUse | VariantUse;

/** What a type over an entity is; kept in its GraphQL extensions. */
export interface TypeUse {
  readonly entity: EntityMetadata;
  /** Whether it is a type beside the entity's own. */
  readonly variant?: boolean | undefined;
  /** The columns by which an interface tells the type of a row. */
  readonly select?: readonly string[] | undefined;
}

const extension = 'mikroOrm';

type Extended = Readonly<Record<string, unknown>> | null | undefined;

/** Adds what the plugin has to know to a field's or a type's extensions. */
export const extend = (
  extensions: unknown,
  known: FieldUse | TypeUse | { readonly page: PageType },
): Record<string, unknown> => ({
  ...(extensions as Extended),
  [extension]: known,
});

export const useOf = (field: { readonly extensions?: unknown }): FieldUse | undefined =>
  (field.extensions as Extended)?.[extension] as FieldUse | undefined;

const wholeRows = 'mikroOrmWholeRows';

/** Says in a field's extensions that its rows come with all that is selected of them. */
export const bringingWholeRows = (extensions: unknown): Record<string, unknown> => ({
  ...(extensions as Extended),
  [wholeRows]: true,
});

export const bringsWholeRows = (field: { readonly extensions?: unknown }): boolean =>
  (field.extensions as Extended)?.[wholeRows] === true;

type WithExtensions = { readonly extensions?: unknown } | undefined;

const typeUseOf = (type: WithExtensions): Partial<TypeUse> | undefined =>
  (type?.extensions as Extended)?.[extension] as Partial<TypeUse> | undefined;

/** The entity that a GraphQL type is over; also of one that is yet to be built, by Pothos's config of it. */
export const entityOf = (type: WithExtensions): EntityMetadata | undefined => typeUseOf(type)?.entity;

/** Whether the type is one beside the entity's own. */
export const isVariant = (type: WithExtensions): boolean => typeUseOf(type)?.variant === true;

/** The columns that decide of which type a row is. */
export const decidingColumnsOf = (type: WithExtensions): readonly string[] => typeUseOf(type)?.select ?? [];

/** Which of a connection's types the plugin made it as. */
export const pageTypeOf = (type: WithExtensions): PageType | undefined =>
  ((type?.extensions as Extended)?.[extension] as { page?: PageType } | undefined)?.page;

/** The columns that a field of a type over an entity reads, by the names of their properties. */
export function columnsOf(field: { readonly extensions?: unknown }): readonly string[] {
  const use = useOf(field);
  return use && 'columns' in use ? use.columns : [];
}
