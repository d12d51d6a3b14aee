import {
  type Dictionary,
  type EntityMetadata,
  type EntityProperty,
  type MetadataStorage,
  RawQueryFragment,
  Utils,
} from '@mikro-orm/core';
import { columnType } from '../sql/column-type.ts';
import { isToMany, isToOne, propertyOf, type Relation, relationOf } from '../sql/relation.ts';
import type { Condition } from './condition.ts';
import { isIncomparable } from './incomparable.ts';
import type { Shape } from './shape.ts';
import type { Visibility } from './visibility.ts';

/** One step from a row to the row whose column orders it. */
export interface OrderStep {
  readonly relation: Relation;
  /** A hidden row orders as a missing one: null. */
  readonly visible: Condition;
}

/** One expression that rows are ordered by. */
export interface OrderTerm {
  readonly path: readonly OrderStep[];
  readonly entity: EntityMetadata;
  /** The column, or a raw fragment of the caller's. */
  readonly by: EntityProperty | RawQueryFragment;
  readonly down: boolean;
  readonly nullsFirst: boolean;
  readonly nullable: boolean;
  /** PostgreSQL's name of the type, where it is known. */
  readonly type: string | undefined;
}

interface OrderOptions {
  readonly metadata: MetadataStorage;
  readonly shape: Shape;
  readonly visibility: Visibility;
  readonly filters: Parameters<Visibility['of']>[1];
}

/**
 * Takes a MikroORM `orderBy` apart.
 *
 * @throws Error for an order by many rows, or by a value inside JSON
 */
export async function parseOrder(
  entity: EntityMetadata,
  orderBy: unknown,
  options: OrderOptions,
): Promise<OrderTerm[]> {
  const terms: OrderTerm[] = [];
  for (const map of Array.isArray(orderBy) ? orderBy : [orderBy]) {
    if (map) await addTerms(terms, entity, [], map as Dictionary, options);
  }
  return terms;
}

async function addTerms(
  terms: OrderTerm[],
  entity: EntityMetadata,
  path: readonly OrderStep[],
  map: Dictionary<unknown>,
  options: OrderOptions,
): Promise<void> {
  const { shape } = options;
  for (const key of Reflect.ownKeys(map)) {
    const value = (map as Record<PropertyKey, unknown>)[key];
    if (value === undefined) continue;
    if (typeof key === 'symbol') {
      const fragment = RawQueryFragment.getKnownFragment(key);
      if (!fragment) continue;
      shape.reusable = false;
      terms.push({ path, entity, by: fragment, ...direction(value), nullable: true, type: undefined });
      continue;
    }
    shape.key += `,${JSON.stringify(key)}`;
    const property = propertyOf(entity, key);
    if (isToMany(property) || property.polymorphic) {
      throw new Error(
        `Rows can't be ordered by ${entity.className}.${key}: it leads to more than one kind or row.`,
      );
    }
    if (isToOne(property) && Utils.isPlainObject(value)) {
      const relation = relationOf(options.metadata, entity, key);
      shape.key += '(';
      const visible = await options.visibility.through(relation, options.filters);
      await addTerms(
        terms,
        relation.target,
        [...path, { relation, visible }],
        value as Dictionary<unknown>,
        options,
      );
      shape.key += ')';
    } else if (property.kind === 'embedded') {
      if (property.object || !Utils.isPlainObject(value)) {
        throw new Error(`Rows can't be ordered by ${entity.className}.${key}: name a column inside it.`);
      }
      for (const [name, inner] of Object.entries(value as Dictionary<unknown>)) {
        const child = (property.embeddedProps as Dictionary<EntityProperty>)[name];
        if (!child) throw new Error(`${entity.className}.${key} has no property "${name}".`);
        shape.key += `.${JSON.stringify(name)}`;
        terms.push(termOf(entity, path, child, inner, shape, property.nullable === true));
      }
    } else terms.push(termOf(entity, path, property, value, shape, false));
  }
}

function termOf(
  entity: EntityMetadata,
  path: readonly OrderStep[],
  property: EntityProperty,
  value: unknown,
  shape: Shape,
  nullable: boolean,
): OrderTerm {
  if (isIncomparable(property)) {
    const name = `${entity.className}.${property.name}`;
    throw new Error(`Rows can't be ordered by ${name}: its values mean nothing to the database.`);
  }
  const { down, nullsFirst } = direction(value);
  shape.key += `${down ? '-' : '+'}${nullsFirst ? 'f' : 'l'}`;
  return {
    path,
    entity,
    by: property,
    down,
    nullsFirst,
    nullable: nullable || path.length > 0 || property.nullable === true || property.formula !== undefined,
    type: property.columnTypes?.[0] === undefined ? undefined : columnType(property.columnTypes[0]),
  };
}

/** MikroORM's ways to say a direction: 'asc', 'DESC NULLS LAST', 1, -1. */
function direction(value: unknown): { down: boolean; nullsFirst: boolean } {
  const text = String(value).toLowerCase();
  const down = text.startsWith('desc') || text === '-1';
  const nullsFirst = text.includes('nulls first') || (down && !text.includes('nulls last'));
  return { down, nullsFirst };
}

/** The primary key, for the columns of it that the order lacks: no two rows are ever equal in order. */
export function tieBreakers(entity: EntityMetadata, terms: readonly OrderTerm[], shape: Shape): OrderTerm[] {
  return entity.primaryKeys
    .filter((name) => !terms.some(({ path, by }) => path.length === 0 && 'name' in by && by.name === name))
    .map((name) => termOf(entity, [], propertyOf(entity, name), 'asc', shape, false));
}

/** The same rows from the other end. */
export const reversed = (terms: readonly OrderTerm[]): OrderTerm[] =>
  terms.map((term) => ({ ...term, down: !term.down, nullsFirst: !term.nullsFirst }));
