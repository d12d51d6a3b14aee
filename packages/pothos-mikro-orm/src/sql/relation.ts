import type {
  Dictionary,
  EntityMetadata,
  EntityProperty,
  FilterOptions,
  MetadataStorage,
  QueryOrderMap,
} from '@mikro-orm/core';
import { propertyBelow } from './class-line.ts';
import { columnType } from './column-type.ts';
import { literal, quote } from './fragment.ts';

/** A column of the own row that the condition of a relation reads. */
export interface OwnColumn {
  readonly name: string;
  /** PostgreSQL's name of its type. */
  readonly type: string;
}

/** One way from a row to other rows, and the SQL condition that ties them. */
export interface Relation {
  readonly name: string;
  readonly target: EntityMetadata;
  readonly many: boolean;
  /** False only where a foreign key that can't be empty points at the target. */
  readonly nullable: boolean;
  /** The condition that `target` (an alias) belongs to the row `own` (an alias). */
  on(target: string, own: string): string;
  /** What `on` reads of the own row: two rows with the same values there lead to the same rows. */
  own(): readonly OwnColumn[];
  /** What the relation itself says of its rows. */
  readonly where?: Dictionary;
  readonly orderBy?: QueryOrderMap<object> | QueryOrderMap<object>[];
  readonly filters?: FilterOptions;
  /** For a relation to several entities: each with the column and value that say it is meant. */
  readonly alternatives?: readonly {
    readonly relation: Relation;
    readonly key: string;
    readonly column: string;
  }[];
}

export const isToOne = ({ kind }: EntityProperty): boolean => kind === 'm:1' || kind === '1:1';
export const isToMany = ({ kind }: EntityProperty): boolean => kind === '1:m' || kind === 'm:n';

/** Whether the property has columns in the entity's own table (the inverse side of a 1:1 has none). */
export const hasColumns = (property: EntityProperty): boolean =>
  property.kind === 'scalar' || property.kind === 'embedded' || (isToOne(property) && property.owner);

/** @throws Error when the entity has no such property: the schema and the entities disagree */
export function propertyOf(entity: EntityMetadata, name: string): EntityProperty {
  const properties = entity.properties as Dictionary<EntityProperty>;
  const property = Object.hasOwn(properties, name) ? properties[name] : propertyBelow(entity, name);
  if (!property) throw new Error(`${entity.className} has no property "${name}".`);
  return property;
}

/** The columns of the primary key. */
export const keyColumns = (entity: EntityMetadata): string[] =>
  entity.primaryKeys.flatMap((name) => propertyOf(entity, name).fieldNames);

/** @throws Error when no property of the entity has the column */
function ownColumns(entity: EntityMetadata, names: readonly string[]): OwnColumn[] {
  return names.map((name) => {
    const property = entity.props.find(({ fieldNames }) => fieldNames?.includes(name));
    if (!property) throw new Error(`${entity.className} has no column "${name}".`);
    if (property.nativeEnumName) return { name, type: quote(property.nativeEnumName) };
    return { name, type: columnType(property.columnTypes[property.fieldNames.indexOf(name)] ?? 'text') };
  });
}

/** `t.a = o.x and t.b = o.y` */
const equal = (
  left: string,
  leftColumns: readonly string[],
  right: string,
  rightColumns: readonly string[],
): string =>
  leftColumns
    .map((column, i) => `${quote(left)}.${quote(column)} = ${quote(right)}.${quote(String(rightColumns[i]))}`)
    .join(' and ');

/** The relation that the property `name` of `entity` is. */
export function relationOf(metadata: MetadataStorage, entity: EntityMetadata, name: string): Relation {
  const property = propertyOf(entity, name);
  const { targetMeta } = property;
  if (!targetMeta || !(isToOne(property) || isToMany(property))) {
    throw new Error(`${entity.className}.${name} is no relation.`);
  }
  const common = {
    name,
    target: metadata.get(targetMeta.class),
    many: isToMany(property),
    nullable: property.nullable === true || !property.owner || isToMany(property),
    ...(property.where ? { where: property.where as Dictionary } : {}),
    ...(property.orderBy ? { orderBy: property.orderBy } : {}),
    ...(property.filters === undefined ? {} : { filters: property.filters }),
  };
  if (property.kind === 'm:n') {
    return {
      ...common,
      on: throughPivot(metadata, property, keyColumns(common.target), keyColumns(entity)),
      own: () => ownColumns(entity, keyColumns(entity)),
    };
  }
  if (property.owner) {
    const { referencedColumnNames, joinColumns } = property;
    const own = () => ownColumns(entity, property.polymorphic ? property.fieldNames : joinColumns);
    const alternatives = property.polymorphic ? alternativesOf(metadata, property, own) : undefined;
    return {
      ...common,
      on: (target, own) => equal(target, referencedColumnNames, own, joinColumns),
      own,
      ...(alternatives ? { alternatives } : {}),
    };
  }
  return { ...common, ...pointsAt(propertyOf(targetMeta, property.mappedBy), entity) };
}

/** The way back: the rows of `owner` whose relation `name` leads to `entity`. */
export function inverseRelationOf(
  metadata: MetadataStorage,
  owner: EntityMetadata,
  name: string,
  entity: EntityMetadata,
): Relation {
  const property = propertyOf(owner, name);
  const targets = property.polymorphTargets ?? (property.targetMeta ? [property.targetMeta] : []);
  if (!targets.some((target) => target.root.class === entity.root.class)) {
    throw new Error(`${owner.className}.${name} does not lead to ${entity.className}.`);
  }
  const many = property.kind !== '1:1';
  const common = { name: `${owner.className}.${name}`, target: owner, many, nullable: true };
  if (property.kind === 'm:n') {
    const forwards = throughPivot(metadata, property, keyColumns(entity), keyColumns(owner));
    return {
      ...common,
      on: (target, own) => forwards(own, target),
      own: () => ownColumns(entity, keyColumns(entity)),
    };
  }
  if (!property.owner)
    throw new Error(`${owner.className}.${name} has no column: state the inverse of its owning side.`);
  return { ...common, ...pointsAt(property, entity) };
}

/** The foreign key `property` of the target row names the own row, an `entity`. */
function pointsAt(property: EntityProperty, entity: EntityMetadata): Pick<Relation, 'on' | 'own'> {
  const { joinColumns, referencedColumnNames } = property;
  const key = property.polymorphic ? discriminatorFor(property, entity) : undefined;
  const on = (target: string, own: string) => {
    const keys = equal(target, joinColumns, own, referencedColumnNames);
    return key === undefined
      ? keys
      : `${quote(target)}.${quote(String(property.fieldNames[0]))} = ${literal(key)} and ${keys}`;
  };
  return { on, own: () => ownColumns(entity, referencedColumnNames) };
}

function throughPivot(
  metadata: MetadataStorage,
  property: EntityProperty,
  targetKey: readonly string[],
  ownKey: readonly string[],
): Relation['on'] {
  const pivot = tableOf(metadata.get(property.pivotEntity));
  const inverse = property.inverseJoinColumns.map((column) => `"p".${quote(column)}`).join(', ');
  return (target, own) => {
    const key = targetKey.map((column) => `${quote(target)}.${quote(column)}`).join(', ');
    return `(${key}) in (select ${inverse} from ${pivot} as "p" where ${equal('p', property.joinColumns, own, ownKey)})`;
  };
}

/** The table, qualified only where the entity names a schema of its own: else `search_path` decides. */
export const tableOf = ({ schema, tableName }: EntityMetadata): string =>
  schema && schema !== '*' ? `${quote(schema)}.${quote(tableName)}` : quote(tableName);

function discriminatorFor(property: EntityProperty, entity: EntityMetadata): string {
  const found = Object.entries(property.discriminatorMap ?? {}).find(([, target]) => target === entity.class);
  if (!found) throw new Error(`${property.name} has no discriminator for ${entity.className}.`);
  return found[0];
}

function alternativesOf(
  metadata: MetadataStorage,
  property: EntityProperty,
  own: Relation['own'],
): Relation['alternatives'] {
  return (property.polymorphTargets ?? []).map(({ class: target }) => {
    const entity = metadata.get(target);
    const key = keyColumns(entity);
    return {
      key: discriminatorFor(property, entity),
      column: String(property.fieldNames[0]),
      relation: {
        name: property.name,
        target: entity,
        many: false,
        nullable: true,
        on: (alias: string, own: string) => equal(alias, key, own, property.joinColumns),
        own,
      },
    };
  });
}
