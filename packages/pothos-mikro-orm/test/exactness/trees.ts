// Random selections, and what MikroORM's hydration makes of the same rows.
import {
  type EntityMetadata,
  type EntityProperty,
  type MetadataStorage,
  Reference,
  ScalarReference,
} from '@mikro-orm/postgresql';
import fc from 'fast-check';
import { columnsOf, isToMany, relationsOf } from './schema.ts';

/** A random selection: columns, and relations with selections of their own. */
export interface Tree {
  columns: string[];
  relations: Record<string, Tree>;
}

export const propertyOf = (entity: EntityMetadata, name: string): EntityProperty => {
  const property = (entity.properties as Record<string, EntityProperty>)[name];
  if (!property) throw new Error(name);
  return property;
};

export class Trees {
  readonly #metadata: MetadataStorage;
  constructor(metadata: MetadataStorage) {
    this.#metadata = metadata;
  }

  of(entity: unknown): EntityMetadata {
    return this.#metadata.get(entity as never);
  }

  targetOf(property: EntityProperty): EntityMetadata {
    return this.of(property.targetMeta?.class);
  }

  /** @param again whether a path may come back to an entity: there populate of 7.2.1 leaves collections empty */
  random(
    entity: EntityMetadata,
    depth: number,
    again: boolean,
    seen: readonly unknown[] = [],
  ): fc.Arbitrary<Tree> {
    const path = [...seen, entity.root.class];
    const columns = fc.subarray(columnsOf(entity));
    if (depth === 0) return columns.map((names) => ({ columns: names, relations: {} }));
    const free = relationsOf(entity).filter(
      (p) => p.polymorphic || again || !path.includes(p.targetMeta?.root.class),
    );
    const names = fc.subarray(
      free.map(({ name }) => String(name)),
      { maxLength: Math.min(2, free.length) },
    );
    const below = (property: EntityProperty): fc.Arbitrary<Tree> =>
      property.polymorphic
        ? fc.constant({ columns: [], relations: {} })
        : this.random(this.targetOf(property), depth - 1, again, path);
    return fc
      .tuple(columns, names)
      .chain(([selected, relations]) =>
        fc
          .record(Object.fromEntries(relations.map((name) => [name, below(propertyOf(entity, name))])))
          .map((found) => ({ columns: selected, relations: found })),
      );
  }

  /** The selection as GraphQL; the key always, to know the rows by. */
  selection(entity: EntityMetadata, { columns, relations }: Tree): string {
    const parts = Object.entries(relations).map(([name, sub]) => {
      const property = propertyOf(entity, name);
      if (!property.polymorphic) return `${name} ${this.selection(this.targetOf(property), sub)}`;
      const types = (property.polymorphTargets ?? []).map(({ className }) => `... on ${className} { id }`);
      return `${name} { ${types.join(' ')} }`;
    });
    return `{ ${[...new Set([...entity.primaryKeys, ...columns])].join(' ')} ${parts.join(' ')} }`;
  }

  populate(entity: EntityMetadata, { columns, relations }: Tree, at = ''): string[] {
    return [
      ...columns.filter((name) => propertyOf(entity, name).lazy).map((name) => at + name),
      ...Object.entries(relations).flatMap(([name, sub]) => {
        const property = propertyOf(entity, name);
        const below = property.polymorphic
          ? []
          : this.populate(this.targetOf(property), sub, `${at}${name}.`);
        return [at + name, ...below];
      }),
    ];
  }

  /** What hydration gave, in the form of the answer. */
  hydrated(loaded: object, entity: EntityMetadata, { columns, relations }: Tree): object {
    const out = columnValues(loaded, entity, columns);
    for (const [name, sub] of Object.entries(relations)) {
      const property = propertyOf(entity, name);
      const related = relatedRows(loaded, property).map((row) =>
        this.hydrated(row, property.polymorphic ? this.of(row.constructor) : this.targetOf(property), sub),
      );
      out[name] = isToMany(property) ? related : (related[0] ?? null);
    }
    return out;
  }
}

export function columnValues(loaded: object, entity: EntityMetadata, columns: readonly string[]) {
  const values = loaded as Record<string, unknown>;
  const out: Record<string, unknown> = {};
  for (const name of [...entity.primaryKeys, ...columns]) out[name] = comparable(values[name]);
  return out;
}

/** The rows at the other end of a relation, by their keys. */
export function relatedRows(loaded: object, property: EntityProperty): object[] {
  const value = (loaded as Record<string, unknown>)[property.name];
  if (!isToMany(property)) return value ? [Reference.unwrapReference(value as object)] : [];
  const { targetMeta } = property;
  const items = [...(value as { getItems(): object[] }).getItems()];
  return items.sort((left, right) => {
    for (const key of targetMeta?.primaryKeys ?? []) {
      const [a, b] = [left[key as never], right[key as never]];
      if (a !== b) return a < b ? -1 : 1;
    }
    return 0;
  });
}

/** Values side by side, whatever holds them; types that differ stay different. */
export function comparable(value: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (value instanceof ScalarReference) return comparable(value.unwrap());
  if (value instanceof Date) return `Date(${value.getTime()})`;
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'number')
    return Object.is(value, -0) ? '-0' : Number.isFinite(value) ? value : String(value);
  if (value instanceof Uint8Array) return `${value.constructor.name}(${Buffer.from(value).toString('hex')})`;
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== 'object') return value;
  const entries = Object.entries(value).filter(([key]) => !key.startsWith('__'));
  return Object.fromEntries(entries.map(([key, item]) => [key, comparable(item)]));
}
