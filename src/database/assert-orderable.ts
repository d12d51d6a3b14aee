import { type EntityMetadata, type EntityProperty, Utils } from '@mikro-orm/postgresql';

type Properties = Readonly<Record<string, EntityProperty>>;

/**
 * Refuses an order by a column whose values mean nothing to SQL, as its custom type says with `incomparable: true`:
 * MikroORM asks no type when it orders.
 *
 * @throws Error that names the property
 */
export function assertOrderable({ className, properties }: EntityMetadata, orderBy: unknown): void {
  assertProperties(className, properties, orderBy);
}

function assertProperties(name: string, properties: Properties, orderBy: unknown): void {
  if (Array.isArray(orderBy)) {
    for (const map of orderBy) assertProperties(name, properties, map);
    return;
  }
  if (!Utils.isPlainObject(orderBy)) return;
  for (const [key, direction] of Object.entries(orderBy)) {
    const property = properties[key];
    if (!property) continue;
    const { customType, targetMeta } = property;
    if (customType && 'incomparable' in customType && customType.incomparable === true) {
      throw new Error(`Rows can't be ordered by ${name}.${key}: its values mean nothing to the database.`);
    }
    if (property.kind === 'embedded') assertProperties(name, property.embeddedProps, direction);
    else if (targetMeta) assertOrderable(targetMeta, direction);
  }
}
