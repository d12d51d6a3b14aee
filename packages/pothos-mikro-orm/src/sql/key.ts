import { type EntityMetadata, QueryHelper, Utils } from '@mikro-orm/core';
import type { SqlEntityManager } from '@mikro-orm/sql';
import { columnType } from './column-type.ts';
import { isInput } from './input.ts';
import { propertyOf } from './relation.ts';

/**
 * Whether a value, which may come from a client, can be the primary key of a row at all. What PostgreSQL would refuse to
 * read (`id: "x"` for a uuid) names no row; asking would be an error, and abort the transaction.
 */
export function canBeKey(em: SqlEntityManager, entity: EntityMetadata, value: unknown): boolean {
  const [name, ...more] = entity.primaryKeys;
  if (name === undefined || more.length > 0 || Utils.isPlainObject(value) || Utils.isEntity(value))
    return true;
  const property = propertyOf(entity, name);
  const text = databaseText(em, entity, name, value);
  return text !== undefined && isInput(columnType(property.columnTypes?.[0] ?? 'text'), text);
}

/** The key as PostgreSQL would be told it; undefined where its custom type can't make anything of it. */
function databaseText(
  em: SqlEntityManager,
  entity: EntityMetadata,
  name: string,
  value: unknown,
): string | undefined {
  const property = propertyOf(entity, name);
  if (!property.customType) return String(value);
  try {
    return String(QueryHelper.processCustomType(property, value as never, em.getPlatform(), undefined, true));
  } catch {
    return undefined;
  }
}
