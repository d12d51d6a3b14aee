import { type EntityMetadata, type EntityProperty, type Platform, QueryHelper, Utils } from '@mikro-orm/core';
import { columnType } from '../sql/column-type.ts';
import { isInput } from '../sql/input.ts';
import { type KeyPart, keyParts } from '../sql/key-parts.ts';
import type { Criteria } from '../types/criteria.ts';

type Where = NonNullable<Criteria<object>['where']>;

/**
 * The condition that a row has the key, which may come from a client; undefined for what is no key at all. Nothing but
 * values: no operator gets in, and no missing key means every row. What PostgreSQL would refuse to read (`x` for a uuid)
 * names no row either: asking would be an error, and abort the transaction.
 *
 * @param key a value; of a composite key a list of them, or an object
 */
export function keyCondition(platform: Platform, entity: EntityMetadata, key: unknown): Where | undefined {
  const values = keyValues(keyParts(entity), key);
  return values && keyText(platform, entity, key) !== undefined
    ? Object.fromEntries(entity.primaryKeys.map((name, i) => [name, values[i]]))
    : undefined;
}

/** The condition that a row has one of the keys that `conditions` name, of which there is at least one. */
export function anyKey(entity: EntityMetadata, conditions: readonly Where[]): Where {
  const [name, ...more] = entity.primaryKeys;
  if (name !== undefined && more.length === 0) {
    return { [name]: conditions.map((key) => (key as Readonly<Record<string, unknown>>)[name]) };
  }
  // Padded with the last to a power of two, as lists of values are: few lengths make few statements.
  const size = 2 ** Math.ceil(Math.log2(conditions.length));
  return { $or: Array.from({ length: size }, (_, i) => conditions[Math.min(i, conditions.length - 1)]) };
}

/** The key of a row: its value, or a list of them. */
export function keyOfRow(entity: EntityMetadata, row: unknown): unknown {
  const columns = typeof row === 'object' && row !== null ? (row as Readonly<Record<string, unknown>>) : {};
  const [only, ...more] = entity.primaryKeys.map((name) => columns[name]);
  return more.length === 0 ? only : [only, ...more];
}

/**
 * A key as text: that of its one column, or a JSON array of them. Two spellings of a key have the same text. Undefined
 * for what is no key.
 */
export function keyText(platform: Platform, entity: EntityMetadata, key: unknown): string | undefined {
  const parts = keyParts(entity);
  const values = keyValues(parts, key);
  const texts = values && partTexts(platform, parts, values);
  const [only, ...more] = texts ?? [];
  return typeof only === 'string' && more.length === 0 ? only : texts && JSON.stringify(texts);
}

/** The key that a text names (a client may have made it up); undefined for what is no key of the entity. */
export function keyOfText(platform: Platform, entity: EntityMetadata, text: string): unknown {
  const parts = keyParts(entity);
  const [only, ...more] = parts;
  if (only && !only.parts && more.length === 0) return leafValue(platform, only.property, text);
  const values = partValues(platform, parts, parsed(text));
  return more.length === 0 ? values?.[0] : values;
}

type Texts = readonly (string | Texts)[];

function keyValues(parts: readonly KeyPart[], key: unknown): readonly unknown[] | undefined {
  if (parts.length === 1) return [key];
  if (Array.isArray(key)) return key;
  if (!Utils.isPlainObject(key)) return undefined;
  return parts.map(({ property }) => (key as Readonly<Record<string, unknown>>)[property.name]);
}

function partTexts(
  platform: Platform,
  parts: readonly KeyPart[],
  values: readonly unknown[],
): Texts | undefined {
  if (values.length !== parts.length) return undefined;
  const texts = parts.map(({ property, parts: inner }, i) => {
    if (!inner) return leafText(platform, property, values[i]);
    const found = keyValues(inner, values[i]);
    return found && partTexts(platform, inner, found);
  });
  return texts.every((text) => text !== undefined) ? texts : undefined;
}

function partValues(
  platform: Platform,
  parts: readonly KeyPart[],
  texts: unknown,
): readonly unknown[] | undefined {
  if (!Array.isArray(texts) || texts.length !== parts.length) return undefined;
  const values = parts.map(({ property, parts: inner }, i) => {
    const text: unknown = texts[i];
    if (inner) return partValues(platform, inner, text);
    return typeof text === 'string' ? leafValue(platform, property, text) : undefined;
  });
  return values.includes(undefined) ? undefined : values;
}

/** The text that PostgreSQL would be told, in one spelling; undefined where it could make nothing of it. */
function leafText(platform: Platform, property: EntityProperty, value: unknown): string | undefined {
  if (value === null || value === undefined || Array.isArray(value) || Utils.isPlainObject(value))
    return undefined;
  const type = columnType(property.columnTypes?.[0] ?? 'text');
  const text = databaseText(platform, property, type, value);
  if (text === undefined || !isInput(type, text)) return undefined;
  return spellings[type]?.(text) ?? text;
}

/** Types of which PostgreSQL takes different texts for the same value. */
const spellings: Readonly<Record<string, (text: string) => string>> = {
  bpchar: (text) => text.trimEnd(),
  citext: (text) => text.toLowerCase(),
  numeric: (text) => (text.includes('.') ? text.replace(/\.?0+$/, '') : text),
  uuid: (text) => text.toLowerCase(),
};

function databaseText(
  platform: Platform,
  property: EntityProperty,
  type: string,
  value: unknown,
): string | undefined {
  const key = Utils.isEntity(value, true) ? Utils.extractPK(value) : value;
  try {
    const known = property.customType
      ? QueryHelper.processCustomType(property, key as never, platform, undefined, true)
      : key;
    if (known instanceof Uint8Array) return `\\x${Buffer.from(known).toString('hex')}`;
    if (!(known instanceof Date)) return String(known);
    const iso = known.toISOString();
    return type === 'date' ? iso.slice(0, 10) : iso.replace('Z', type === 'timestamptz' ? '+00:00' : '');
  } catch {
    return undefined; // an invalid date, or what the custom type can make nothing of
  }
}

function leafValue(platform: Platform, property: EntityProperty, text: string): unknown {
  const type = columnType(property.columnTypes?.[0] ?? 'text');
  if (!isInput(type, text)) return undefined;
  if (type === 'bytea') return Buffer.from(text.slice(2), 'hex');
  const { customType } = property;
  try {
    if (customType) return customType.convertToJSValue(text, platform);
  } catch {
    return undefined;
  }
  if (type === 'int2' || type === 'int4') return Number(text);
  if (property.runtimeType !== 'Date') return text;
  const date = new Date(type === 'timestamp' ? `${text}Z` : text);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
