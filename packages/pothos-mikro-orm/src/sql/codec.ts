import type { EntityProperty, Platform, Type } from '@mikro-orm/core';
import { columnType } from './column-type.ts';

type Decode = (json: never) => unknown;

/** How a column travels through JSON: the SQL that puts it in, and what gives the value that hydration would give. */
export interface Codec {
  sql(column: string): string;
  /** Absent where JSON carries the value as it is. Never called with null. */
  readonly decode?: Decode;
}

/** JSON carries these exactly as the driver's parser would give them. */
const exact = new Set(
  [
    'int2',
    'int4',
    'bool',
    'text',
    'varchar',
    'bpchar',
    'uuid',
    'json',
    'jsonb',
    'time',
    'timetz',
    'date',
    'inet', // its cast to text would add the mask that its output leaves out
    'inet[]',
  ].concat(['int2[]', 'int4[]', 'bool[]', 'text[]', 'varchar[]', 'uuid[]']),
);

/** Numbers that JSON has no way to write (`NaN`, `Infinity`) come as strings. */
const float = (value: number | string): number => Number(value);
const bytes = (hex: string): Buffer => Buffer.from(hex.slice(2), 'hex');

/** The driver makes objects of these two. */
const point = (text: string) => {
  const [x, y] = numbersIn(text);
  return { x, y };
};
const circle = (text: string) => {
  const [x, y, radius] = numbersIn(text);
  return { x, y, radius };
};
const numbersIn = (text: string): number[] =>
  text
    .replace(/[()<>]/g, '')
    .split(',')
    .map(Number);

/** Arrays that travel as JSON arrays of each element's text, and how an element is read. */
const elements: Readonly<Record<string, (text: string) => unknown>> = {
  numeric: Number,
  float4: Number,
  float8: Number,
  json: JSON.parse,
  jsonb: JSON.parse,
  bytea: bytes,
  point,
};

function driverCodec(type: string, hasCustomType: boolean): Codec {
  if (exact.has(type)) return { sql: (column) => column };
  if (type === 'float4' || type === 'float8') return { sql: (column) => column, decode: float };
  if (type === 'bytea') return { sql: (column) => column, decode: bytes };
  if (type === 'point') return { sql: (column) => `${column}::text`, decode: point };
  if (type === 'circle') return { sql: (column) => `${column}::text`, decode: circle };
  // JSON writes timestamps as ISO 8601; a custom type expects what the driver gives: PostgreSQL's own text
  if ((type === 'timestamptz' || type === 'timestamp') && !hasCustomType) return { sql: (column) => column };
  if (type.endsWith('[]')) {
    const element = elements[type.slice(0, -2)];
    const sql = (column: string) => `to_json(${column}::text[])`;
    if (!element) return { sql };
    return {
      sql,
      decode: (list: (string | null)[]) => list.map((item) => (item === null ? null : element(item))),
    };
  }
  return { sql: (column) => `${column}::text` };
}

/** timestamptz → Date: ISO at once; infinity, BC, years above 9999 and odd offsets through MikroORM's parser. */
function instant(platform: Platform, type: string): (text: string) => Date {
  const read = (text: string) => {
    const date = new Date(text);
    return Number.isNaN(date.getTime()) ? new Date(platform.parseDate(text.replace('T', ' '))) : date;
  };
  const zone = platform.getTimezone();
  // PostgreSQL writes the zone of a timestamptz itself.
  if (type === 'timestamptz' || !zone || zone === 'local') return read;
  const hasZone = (text: string) => text.includes('+') || text.lastIndexOf('-') > 10 || text.endsWith('Z');
  return (text) => read(hasZone(text) ? text : text + zone);
}

/** Built-in types whose conversion does nothing to what JSON carries. */
const identities: Readonly<Record<string, readonly string[]>> = {
  UuidType: ['uuid'],
  JsonType: ['json', 'jsonb'],
  DateType: ['date'],
  BlobType: ['bytea'],
};

/** Whether a custom type leaves what JSON carries as it is. */
export const isIdentity = (custom: Type, type: string): boolean =>
  identities[custom.constructor.name]?.includes(type) === true;

/** The codec of a scalar column, from its SQL type, its custom type and its runtime type. */
export function codecOf(property: EntityProperty, platform: Platform): Codec {
  const type = columnType(property.columnTypes?.[0] ?? 'text');
  const custom = property.customType;
  const convertSql = property.hasConvertToJSValueSQL ? custom?.convertToJSValueSQL?.bind(custom) : undefined;
  const driver: Codec =
    convertSql && !exact.has(type)
      ? { sql: (column) => `${column}::text` }
      : driverCodec(type, custom !== undefined);
  const sql = (column: string) => driver.sql(convertSql ? convertSql(column, platform) : column);

  const steps: Decode[] = driver.decode ? [driver.decode] : [];
  if (custom) {
    if (!isIdentity(custom, type)) {
      steps.push((value: never) => custom.convertToJSValue(value, platform));
    }
  } else if (property.runtimeType === 'boolean' && type !== 'bool') steps.push(Boolean);
  else if (property.runtimeType === 'Date') steps.push(instant(platform, type));

  const [first, second] = steps;
  if (!first) return { sql };
  return { sql, decode: second ? (value: never) => second(first(value) as never) : first };
}
