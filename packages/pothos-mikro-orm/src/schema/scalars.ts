import type { EntityMetadata, EntityProperty } from '@mikro-orm/core';
import { columnType } from '../sql/column-type.ts';

/** The GraphQL scalar for each PostgreSQL type, unless the builder's `scalars` say otherwise. */
export const defaultScalars: Readonly<Record<string, string>> = {
  bool: 'Boolean',
  bpchar: 'String',
  bytea: 'Bytes',
  date: 'Date',
  float4: 'Float',
  float8: 'Float',
  int2: 'Int',
  int4: 'Int',
  int8: 'BigInt',
  interval: 'Duration',
  json: 'JSON',
  jsonb: 'JSON',
  numeric: 'Decimal',
  text: 'String',
  time: 'Time',
  timestamp: 'DateTime',
  timestamptz: 'DateTime',
  timetz: 'Time',
  uuid: 'ID',
  varchar: 'String',
};

/**
 * The GraphQL type of a column: `ID` for a primary key, else by its SQL type; in a list for an array.
 *
 * @throws Error where nothing tells the type: the field then states its `type`
 */
export function scalarOf(
  entity: EntityMetadata,
  property: EntityProperty,
  scalars: Readonly<Record<string, string>> | undefined,
): string | [string] {
  if (property.primary) return 'ID';
  const declared = columnType(property.columnTypes?.[0] ?? (property.kind === 'embedded' ? 'jsonb' : ''));
  const type = declared.replace('[]', '');
  const scalar = scalars?.[type] ?? defaultScalars[type];
  if (!scalar) {
    throw new Error(`${entity.className}.${property.name} (${declared || 'of no SQL type'}) needs a "type".`);
  }
  return declared.endsWith('[]') ? [scalar] : scalar;
}
