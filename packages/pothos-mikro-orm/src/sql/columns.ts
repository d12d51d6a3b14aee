import type { EntityMetadata, EntityProperty, Platform } from '@mikro-orm/core';
import type { SqlEntityManager } from '@mikro-orm/sql';
import { kindColumn } from './class-line.ts';
import { codecOf } from './codec.ts';
import { column } from './compilation.ts';
import { embeddedDecoder } from './embedded.ts';
import { formula } from './formula.ts';
import { type KeyPart, keyParts, keyPartsOf } from './key-parts.ts';

/** Takes a value out of a row's JSON array. */
export type Reader = (cells: readonly unknown[]) => unknown;

/** Puts an SQL expression into the row's JSON array and gives its place. */
export type Put = (sql: string) => number;

/** How a property of the row `alias` gets into JSON and out of it again. */
export function columnReader(
  em: SqlEntityManager,
  entity: EntityMetadata,
  property: EntityProperty,
  alias: string,
  put: Put,
): Reader {
  const platform = em.getPlatform();
  if (property.name === kindColumn(entity)) {
    const at = put(column(alias, property.name));
    return (cells) => cells[at];
  }
  if (property.kind === 'embedded') {
    if (!property.object && !property.array) return inlineEmbedded(em, entity, property, alias, put);
    const at = put(column(alias, String(property.fieldNames[0])));
    const decode = embeddedDecoder(property, platform);
    return (cells) => (cells[at] === null ? null : decode(cells[at]));
  }
  const key = keyPartsOf(property);
  if (key) return keyReader(platform, key, property.fieldNames, alias, put);
  const [target] = property.polymorphTargets ?? [];
  if (property.polymorphic && target) {
    // The first column says which entity, the others hold its key; all the targets' keys are of one type.
    const [, ...fields] = property.fieldNames;
    const read = keyReader(platform, keyParts(target), fields, alias, put);
    return fields.length > 1 ? read : (cells) => (read(cells) as [unknown] | null)?.[0] ?? null;
  }
  const { sql, decode } = codecOf(property, platform);
  const source = property.formula
    ? formula(em, entity, property, alias)
    : column(alias, property.fieldNames?.[0] ?? property.name);
  const at = put(sql(source));
  if (!decode) return (cells) => cells[at];
  return (cells) => (cells[at] === null ? null : decode(cells[at] as never));
}

/** A composite foreign key: a list, with a list in it where the key holds another composite key. */
function keyReader(
  platform: Platform,
  parts: readonly KeyPart[],
  fields: readonly string[],
  alias: string,
  put: Put,
): Reader {
  const left = [...fields];
  const reader = (part: KeyPart): Reader => {
    if (part.parts) {
      const readers = part.parts.map(reader);
      return (cells) => readers.map((read) => read(cells));
    }
    const { sql, decode } = codecOf(part.property, platform);
    const at = put(sql(column(alias, String(left.shift()))));
    return (cells) => (cells[at] === null || !decode ? cells[at] : decode(cells[at] as never));
  };
  const readers = parts.map(reader);
  return (cells) => {
    const values = readers.map((read) => read(cells));
    return values.flat(Infinity).every((value) => value === null) ? null : values;
  };
}

function inlineEmbedded(
  em: SqlEntityManager,
  entity: EntityMetadata,
  property: EntityProperty,
  alias: string,
  put: Put,
): Reader {
  const parts = Object.values(property.embeddedProps).map(
    (child) => [String(child.embedded?.[1]), columnReader(em, entity, child, alias, put)] as const,
  );
  return (cells) => {
    const values = parts.map(([name, read]) => [name, read(cells)] as const);
    if (property.nullable && values.every(([, value]) => value === null)) return null;
    return Object.fromEntries(values);
  };
}
