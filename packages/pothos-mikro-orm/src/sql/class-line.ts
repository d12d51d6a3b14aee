import type { EntityMetadata, EntityProperty } from '@mikro-orm/core';

/** Whether the entity's columns are spread over a table for each class of its hierarchy. */
export const isSpread = (entity: EntityMetadata): boolean => entity.inheritanceType === 'tpt';

/** The column of a flat row, and the property of the hierarchy's root, that names the row's class. */
export const kindColumn = ({ root }: EntityMetadata): string => root.tptDiscriminatorColumn ?? '';

/** A property that only classes below the entity have. */
export function propertyBelow(entity: EntityMetadata, name: string): EntityProperty | undefined {
  const holder = [entity.root, ...descendants(entity)].find((of) => Object.hasOwn(of.properties, name));
  const property = (holder?.properties as Record<string, EntityProperty> | undefined)?.[name];
  return holder === entity.root && name !== kindColumn(entity) ? undefined : property;
}

/** Whether a row of one of the two can be a row of the other. */
export const isInLine = (one: EntityMetadata, other: EntityMetadata): boolean =>
  isAbove(one, other) || isAbove(other, one);

function isAbove(above: EntityMetadata, entity: EntityMetadata): boolean {
  for (let of: EntityMetadata | undefined = entity; of; of = of.tptParent)
    if (of.class === above.class) return true;
  return false;
}

/** From the top down. */
export const descendants = (entity: EntityMetadata): EntityMetadata[] => {
  const children = entity.tptChildren ?? [];
  return [...children, ...children.flatMap(descendants)];
};
