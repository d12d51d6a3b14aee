import type { EntityProperty, Platform } from '@mikro-orm/core';

type Json = Record<string, unknown>;

/** Reads an embeddable that is stored as JSON: keys are the children's field names, dates are text. As the hydrator. */
export function embeddedDecoder(property: EntityProperty, platform: Platform): (json: unknown) => unknown {
  const children = Object.values(property.embeddedProps).map((child) => ({
    field: String(child.fieldNames[0]),
    name: String(child.embedded?.[1]),
    decode: childDecoder(child, platform),
  }));
  const one = (json: Json) =>
    Object.fromEntries(
      children
        .filter(({ field }) => json[field] !== undefined)
        .map(({ field, name, decode }) => [name, json[field] === null ? null : decode(json[field])]),
    );
  return (json) => (Array.isArray(json) ? json.map((item: Json) => one(item)) : one(json as Json));
}

function childDecoder(property: EntityProperty, platform: Platform): (json: unknown) => unknown {
  if (property.embeddedProps && Object.keys(property.embeddedProps).length > 0) {
    return embeddedDecoder(property, platform);
  }
  const custom = property.customType;
  if (custom) return (json) => custom.convertToJSValue(json, platform);
  if (property.runtimeType === 'Date') return (json) => new Date(platform.parseDate(String(json)));
  if (property.runtimeType === 'boolean') return Boolean;
  return (json) => json;
}
