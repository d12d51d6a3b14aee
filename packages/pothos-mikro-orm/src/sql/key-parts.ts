import type { EntityMetadata, EntityProperty } from '@mikro-orm/core';
import { propertyOf } from './relation.ts';

/** One property of a primary key: a column, or a relation whose own key has several. */
export interface KeyPart {
  readonly property: EntityProperty;
  /** Absent where the property has one column. */
  readonly parts?: readonly KeyPart[];
}

/** What a primary key is made of, in MikroORM's order. A key can hold another entity's whole key. */
export const keyParts = (entity: EntityMetadata): KeyPart[] =>
  entity.primaryKeys.map((name) => {
    const property = propertyOf(entity, name);
    const parts = keyPartsOf(property);
    return parts ? { property, parts } : { property };
  });

/** The columns of a key, each by the property that says how its values are written. */
export const keyLeaves = (parts: readonly KeyPart[]): EntityProperty[] =>
  parts.flatMap(({ property, parts: inner }) => (inner ? keyLeaves(inner) : [property]));

/** The key that a relation's columns hold, where there are several; undefined for one to several entities. */
export function keyPartsOf({ fieldNames, targetMeta, polymorphic }: EntityProperty): KeyPart[] | undefined {
  return fieldNames.length > 1 && targetMeta && !polymorphic ? keyParts(targetMeta) : undefined;
}
