import type { EntityProperty } from '@mikro-orm/core';
import { type GraphQLOutputType, getNullableType, isEnumType, isScalarType } from 'graphql';
import { isIdentity } from '../sql/codec.ts';
import { columnType } from '../sql/column-type.ts';
import { literal } from '../sql/fragment.ts';

/**
 * What a column gives in JavaScript: text; a number (`int2`, `int4`); a number that `int8` may exceed; a bigint; a
 * boolean; the text of a `date`; the `Date` of a `timestamptz`; the text of a `numeric`.
 */
export type ColumnValue = 'text' | 'int' | 'long' | 'bigint' | 'boolean' | 'date' | 'instant' | 'decimal';

/** How SQL writes what a scalar makes of a column's values, to the last byte. */
export interface ScalarText {
  readonly of: ColumnValue;
  /** SQL for the JSON of `column`, as text. Null is not its business. */
  readonly json: (column: string) => string;
  /** SQL that says for which values it holds; for others the resolvers run. @default all */
  readonly when?: (column: string) => string;
}

/** By the scalar's name. */
export type ScalarTexts = Readonly<Record<string, readonly ScalarText[]>>;

const quoted = (column: string) => `to_json(${column})::text`;
const bare = (column: string) => `${column}::text`;
const inQuotes = (column: string) => `'"' || ${column}::text || '"'`;

/** GraphQL's own scalars. A float is never written by SQL: PostgreSQL and JavaScript spell it differently. */
const ownTexts: ScalarTexts = {
  String: [
    { of: 'text', json: quoted },
    { of: 'date', json: quoted },
    { of: 'decimal', json: inQuotes },
    { of: 'int', json: inQuotes },
  ],
  ID: [
    { of: 'text', json: quoted },
    { of: 'int', json: inQuotes },
    { of: 'bigint', json: inQuotes },
  ],
  Int: [{ of: 'int', json: bare }],
  Float: [{ of: 'int', json: bare }],
  Boolean: [{ of: 'boolean', json: bare }],
};

/** How a column is shown as a GraphQL type; undefined where SQL can't be trusted with it. */
export function textFor(
  property: EntityProperty,
  type: GraphQLOutputType,
  texts: ScalarTexts | undefined,
): ScalarText | undefined {
  const leaf = getNullableType(type);
  const of = columnValueOf(property);
  if (isEnumType(leaf) && of === 'text') return enumText(leaf.getValues());
  if (!isScalarType(leaf)) return undefined;
  return (texts?.[leaf.name] ?? ownTexts[leaf.name])?.find((text) => text.of === of);
}

function enumText(
  values: readonly { readonly name: string; readonly value: unknown }[],
): ScalarText | undefined {
  const names = new Map<string, string>();
  for (const { name, value } of values) {
    if (typeof value !== 'string' || names.has(value)) return undefined;
    names.set(value, name);
  }
  const cases = [...names].map(([value, name]) => `when ${literal(value)} then ${literal(`"${name}"`)}`);
  const known = [...names.keys()].map(literal).join(', ');
  return {
    of: 'text',
    json: (column) => `case ${column} ${cases.join(' ')} end`,
    when: (column) => `${column} in (${known})`,
  };
}

const plain: Readonly<Record<string, readonly [value: ColumnValue, runtimeType: string]>> = {
  text: ['text', 'string'],
  varchar: ['text', 'string'],
  bpchar: ['text', 'string'],
  uuid: ['text', 'string'],
  date: ['date', 'string'],
  int2: ['int', 'number'],
  int4: ['int', 'number'],
  bool: ['boolean', 'boolean'],
  timestamptz: ['instant', 'Date'],
};

/** What a column gives; undefined where JavaScript has to decode it (an encrypted one), or nothing is known of it. */
export function columnValueOf(property: EntityProperty): ColumnValue | undefined {
  if (property.kind !== 'scalar' || property.fieldNames.length !== 1) return undefined;
  const { customType: custom, hasConvertToJSValueSQL, runtimeType } = property;
  if (hasConvertToJSValueSQL) return undefined;
  const type = columnType(property.columnTypes?.[0] ?? '');
  if (!custom || isIdentity(custom, type)) {
    const known = plain[type];
    return known && (custom !== undefined || known[1] === runtimeType) ? known[0] : undefined;
  }
  const mode = 'mode' in custom ? custom.mode : undefined;
  if (custom.constructor.name === 'BigIntType' && type === 'int8') {
    return mode === 'number' ? 'long' : mode === 'string' ? undefined : 'bigint';
  }
  const isText = (mode ?? runtimeType) === 'string';
  return custom.constructor.name === 'DecimalType' && type === 'numeric' && isText ? 'decimal' : undefined;
}
