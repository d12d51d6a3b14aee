import type { EntityMetadata, EntityProperty } from '@mikro-orm/core';
import type { SqlEntityManager } from '@mikro-orm/sql';
import { codecOf } from './codec.ts';
import { column } from './compilation.ts';
import { embeddedDecoder } from './embedded.ts';
import { formula } from './formula.ts';

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
  if (property.kind === 'embedded') {
    if (!property.object && !property.array) return inlineEmbedded(em, entity, property, alias, put);
    const at = put(column(alias, String(property.fieldNames[0])));
    const decode = embeddedDecoder(property, platform);
    return (cells) => (cells[at] === null ? null : decode(cells[at]));
  }
  if (property.fieldNames.length > 1) {
    // a composite or polymorphic foreign key
    const places = property.fieldNames.map((field) => put(column(alias, field)));
    return (cells) => (places.every((at) => cells[at] === null) ? null : places.map((at) => cells[at]));
  }
  const { sql, decode } = codecOf(property, platform);
  const source = property.formula
    ? formula(em, entity, property, alias)
    : column(alias, String(property.fieldNames[0]));
  const at = put(sql(source));
  if (!decode) return (cells) => cells[at];
  return (cells) => (cells[at] === null ? null : decode(cells[at] as never));
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
