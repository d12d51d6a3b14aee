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
  /** The column whose value is the field's, as it is. */
  readonly shown?: string | undefined;
}

/** A field that shows rows at the other end of a relation, a page of them, or their number. */
export interface RelationUse extends Sizes {
  readonly kind: 'rows' | 'page' | 'count';
  readonly relation: Relation;
  readonly query: ((args: object, context: object) => Criteria<object>) | undefined;
}

/** What a field of a type over an entity needs to be loaded; kept in the field's GraphQL extensions. */
export type FieldUse = ColumnsUse | RelationUse;

const extension = 'mikroOrm';

type Extended = Readonly<Record<string, unknown>> | null | undefined;

/** Adds what the plugin has to know to a field's or a type's extensions. */
export const extend = (
  extensions: unknown,
  known: FieldUse | { readonly entity: EntityMetadata },
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

/** The entity that a GraphQL type is over. */
export const entityOf = (type: { readonly extensions?: unknown } | undefined): EntityMetadata | undefined =>
  ((type?.extensions as Extended)?.[extension] as { entity?: EntityMetadata } | undefined)?.entity;

/** The columns that a field of a type over an entity reads, by the names of their properties. */
export function columnsOf(field: { readonly extensions?: unknown }): readonly string[] {
  const use = useOf(field);
  return use?.kind === 'columns' ? use.columns : [];
}
