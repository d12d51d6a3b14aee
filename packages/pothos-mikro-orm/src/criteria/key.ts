import { type EntityMetadata, type EntityProperty, QueryHelper, Utils } from '@mikro-orm/core';
import type { SqlEntityManager } from '@mikro-orm/sql';
import { columnType } from '../sql/column-type.ts';
import { isInput } from '../sql/input.ts';
import { propertyOf } from '../sql/relation.ts';
import type { Criteria } from '../types/criteria.ts';

/**
 * The condition that a row has the key, which may come from a client; undefined for what is no key at all. Nothing but
 * values: no operator gets in, and no missing key means every row. What PostgreSQL would refuse to read (`x` for a uuid)
 * names no row either: asking would be an error, and abort the transaction.
 *
 * @param key a value; of a composite key a list of them, or an object
 */
export function keyCondition(
  em: SqlEntityManager,
  entity: EntityMetadata,
  key: unknown,
): NonNullable<Criteria<object>['where']> | undefined {
  const names = entity.primaryKeys;
  const values = names.length === 1 ? [key] : Array.isArray(key) ? key : partsOf(names, key);
  if (values?.length !== names.length) return undefined;
  const fits = names.every((name, i) => isKeyValue(em, propertyOf(entity, name), values[i]));
  return fits ? Object.fromEntries(names.map((name, i) => [name, values[i]])) : undefined;
}

const partsOf = (names: readonly string[], key: unknown): unknown[] | undefined =>
  Utils.isPlainObject(key) ? names.map((name) => (key as Record<string, unknown>)[name]) : undefined;

function isKeyValue(em: SqlEntityManager, property: EntityProperty, value: unknown): boolean {
  if (value === null || value === undefined || Array.isArray(value) || Utils.isPlainObject(value))
    return false;
  if (property.fieldNames.length > 1 || Utils.isEntity(value, true)) return true;
  const text = databaseText(em, property, value);
  return text !== undefined && isInput(columnType(property.columnTypes?.[0] ?? 'text'), text);
}

/** The value as PostgreSQL would be told it; undefined where its custom type can't make anything of it. */
function databaseText(em: SqlEntityManager, property: EntityProperty, value: unknown): string | undefined {
  if (!property.customType) return value instanceof Date ? value.toISOString() : String(value);
  try {
    return String(QueryHelper.processCustomType(property, value as never, em.getPlatform(), undefined, true));
  } catch {
    return undefined;
  }
}
