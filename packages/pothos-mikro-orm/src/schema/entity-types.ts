import type { EntityMetadata } from '@mikro-orm/core';
import SchemaBuilder, { type FieldMap, InterfaceRef, ObjectRef, type SchemaTypes } from '@pothos/core';
import { entityOf, extend } from '../selection/field-use.ts';
import { newLevel } from '../selection/level.ts';
import { classOf, LoadedRow, levelOf, newRow, typeNameOf } from '../selection/loaded-row.ts';
import { rememberRowTest } from '../shape/type-test.ts';
import type { EntityClass } from '../types/entity.ts';
import { type Builder, entityMetadata } from './builder-loader.ts';
import type { LooseOptions } from './connection-field.ts';
import { EntityFields } from './entity-field-builder.ts';
import { type NodeType, nodeOptions } from './node.ts';

type TypeOptions = LooseOptions & {
  readonly name?: string;
  readonly variant?: boolean;
  /** Of an interface: the columns that its `resolveType` reads. */
  readonly select?: readonly string[];
  readonly fields: (t: EntityFields) => FieldMap;
};

/** What Pothos's builder is given, once the types were checked at the surface. */
interface LooseBuilder {
  objectType(ref: unknown, options: object): void;
  interfaceType(ref: unknown, options: object): void;
  node(ref: unknown, options: object): void;
}

const proto = SchemaBuilder.prototype as unknown as Record<string, unknown>;
const loose = (builder: Builder) => builder as unknown as LooseBuilder;

/** The config that all types over an entity share. */
function typeConfig(
  builder: Builder,
  entity: EntityMetadata,
  kind: 'Object' | 'Interface',
  options: TypeOptions,
) {
  const { variant, select, fields, ...rest } = options;
  return {
    ...rest,
    name: options.name ?? entity.className,
    extensions: extend(options.extensions, { entity, select, variant }),
    fields: () => fields(new EntityFields(builder, entity, kind)),
  };
}

/** From here on the class stands for the type; a variant has only its ref. */
function associate(builder: Builder, entity: EntityMetadata, ref: unknown, { variant }: TypeOptions): void {
  if (!variant) builder.configStore.associateParamWithRef(entity.class as never, ref as never);
}

/**
 * Whether a row may be of a type over this entity: GraphQL asks it of each row, and so no resolver can pass off anything
 * else. Where two types are over one entity, the place in the document tells them apart.
 */
const isRowOf = (entity: EntityMetadata, name: string) =>
  rememberRowTest(
    (row: unknown) =>
      row instanceof LoadedRow &&
      (row[levelOf].entity.class === entity.class || classOf(row) === entity.class) &&
      (typeNameOf(row) ?? name) === name,
  );

proto.entityObject = function entityObject(this: Builder, param: EntityClass, options: TypeOptions) {
  const entity = entityMetadata(this, param);
  const config = typeConfig(this, entity, 'Object', options);
  const ref = new ObjectRef<SchemaTypes, unknown>(config.name);
  associate(this, entity, ref, options);
  loose(this).objectType(ref, { isTypeOf: isRowOf(entity, config.name), ...config });
  return ref;
};

proto.entityNode = function entityNode(this: Builder, param: EntityClass, options: TypeOptions & NodeType) {
  const entity = entityMetadata(this, param);
  const { id, node, visible, ...rest } = options;
  const config = typeConfig(this, entity, 'Object', rest);
  const ref = new ObjectRef<SchemaTypes, unknown>(config.name);
  associate(this, entity, ref, options);
  loose(this).node(ref, {
    isTypeOf: isRowOf(entity, config.name),
    ...config,
    ...nodeOptions(this, entity, config.name, { id, node, visible }),
  });
  return ref;
};

proto.entityInterface = function entityInterface(this: Builder, param: EntityClass, options: TypeOptions) {
  const entity = entityMetadata(this, param);
  const config = typeConfig(this, entity, 'Interface', options);
  const ref = new InterfaceRef<SchemaTypes, unknown>(config.name);
  associate(this, entity, ref, options);
  loose(this).interfaceType(ref, config);
  return ref;
};

proto.entityFields = function entityFields(this: Builder, param: object, fields: TypeOptions['fields']) {
  const type = (
    typeof param === 'function' ? entityMetadata(this, param as EntityClass).class : param
  ) as never;
  this.configStore.addFields(type, () => {
    const config = this.configStore.getTypeConfig(type);
    const entity = entityOf(config);
    if (!entity) throw new Error(`${config.name} is over no entity.`);
    return fields(new EntityFields(this, entity, config.kind === 'Interface' ? 'Interface' : 'Object'));
  });
};

proto.entityRow = function entityRow(
  this: Builder,
  param: EntityClass,
  columns: Readonly<Record<string, unknown>>,
) {
  const entity = entityMetadata(this, param);
  const level = newLevel(entity);
  for (const name of entity.primaryKeys) {
    if (columns[name] === undefined) throw new Error(`A row of ${entity.className} needs its "${name}".`);
  }
  for (const name of Object.keys(columns)) if (columns[name] !== undefined) level.columns.add(name);
  return Object.assign(newRow(level), columns);
};

proto.entityRef = function entityRef(this: Builder, param: EntityClass) {
  return entityMetadata(this, param).class;
};
