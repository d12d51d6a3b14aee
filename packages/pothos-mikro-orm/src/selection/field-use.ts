import type { EntityMetadata } from '@mikro-orm/core';
import type { GraphQLNamedType } from 'graphql';
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
   * What it shows of them where its resolver is the plugin's own: the value as it is, the global id of a key, or an
   * object of columns by its fields' names.
   */
  readonly shown?: 'value' | 'globalId' | Readonly<Record<string, string>>;
}

/** A field that shows rows at the other end of a relation, a page of them, or their number. */
export interface RelationUse extends Sizes {
  readonly kind: 'rows' | 'page' | 'count';
  readonly relation: Relation;
  readonly query: ((args: object, context: object) => Criteria<object>) | undefined;
}

/** A type of a connection's, made by the plugin. */
type PageType = 'connection' | 'edge';

/** What a field of a type over an entity needs to be loaded; kept in the field's GraphQL extensions. */
export type FieldUse = ColumnsUse | RelationUse;

const extension = 'mikroOrm';

type Extended = Readonly<Record<string, unknown>> | null | undefined;

/** Adds what the plugin has to know to a field's or a type's extensions. */
export const extend = (
  extensions: unknown,
  known: FieldUse | { readonly entity: EntityMetadata } | { readonly page: PageType },
): Record<string, unknown> => ({
  ...(extensions as Extended),
  [extension]: known,
});

export const useOf = (field: { readonly extensions?: unknown }): FieldUse | undefined =>
  (field.extensions as Extended)?.[extension] as FieldUse | undefined;

/** The entity that a GraphQL type is over. */
export const entityOf = (type: GraphQLNamedType | undefined): EntityMetadata | undefined =>
  ((type?.extensions as Extended)?.[extension] as { entity?: EntityMetadata } | undefined)?.entity;

/** Which of a connection's types the plugin made it as. */
export const pageTypeOf = (type: GraphQLNamedType): PageType | undefined =>
  ((type.extensions as Extended)?.[extension] as { page?: PageType } | undefined)?.page;

/** The columns that a field of a type over an entity reads, by the names of their properties. */
export function columnsOf(field: { readonly extensions?: unknown }): readonly string[] {
  const use = useOf(field);
  return use?.kind === 'columns' ? use.columns : [];
}
