import type { EntityMetadata } from '@mikro-orm/core';
import SchemaBuilder, { type FieldMap, InterfaceRef, ObjectRef, type SchemaTypes } from '@pothos/core';
import { extend } from '../selection/field-use.ts';
import { newLevel } from '../selection/level.ts';
import { classOf, LoadedRow, levelOf } from '../selection/loaded-row.ts';
import { rememberRowTest } from '../shape/type-test.ts';
import type { EntityClass } from '../types/entity.ts';
import { type Builder, entityMetadata } from './builder-loader.ts';
import type { LooseOptions } from './connection-field.ts';
import { EntityFields } from './entity-field-builder.ts';
import { type NodeType, nodeOptions } from './node.ts';

type TypeOptions = LooseOptions & {
  readonly name?: string;
  readonly variant?: boolean;
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
  const { variant: _variant, fields, ...rest } = options;
  return {
    ...rest,
    name: options.name ?? entity.className,
    extensions: extend(options.extensions, { entity }),
    fields: () => fields(new EntityFields(builder, entity, kind)),
  };
}

/** From here on the class stands for the type; a variant has only its ref. */
function associate(builder: Builder, entity: EntityMetadata, ref: unknown, { variant }: TypeOptions): void {
  if (!variant) builder.configStore.associateParamWithRef(entity.class as never, ref as never);
}

/** Whether a row is of this entity: GraphQL asks it of each row, and so no resolver can pass off anything else. */
const isRowOf = (entity: EntityMetadata) =>
  rememberRowTest(
    (row: unknown) =>
      row instanceof LoadedRow &&
      (row[levelOf].entity.class === entity.class || classOf(row) === entity.class),
  );

proto.entityObject = function entityObject(this: Builder, param: EntityClass, options: TypeOptions) {
  const entity = entityMetadata(this, param);
  const config = typeConfig(this, entity, 'Object', options);
  const ref = new ObjectRef<SchemaTypes, unknown>(config.name);
  associate(this, entity, ref, options);
  // Two types over one entity can't be told apart by their rows.
  loose(this).objectType(ref, options.variant ? config : { isTypeOf: isRowOf(entity), ...config });
  return ref;
};

proto.entityNode = function entityNode(this: Builder, param: EntityClass, options: TypeOptions & NodeType) {
  const entity = entityMetadata(this, param);
  const { id, node, visible, ...rest } = options;
  const config = typeConfig(this, entity, 'Object', rest);
  const ref = new ObjectRef<SchemaTypes, unknown>(config.name);
  associate(this, entity, ref, options);
  loose(this).node(ref, {
    isTypeOf: isRowOf(entity),
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

proto.entityFields = function entityFields(this: Builder, param: EntityClass, fields: TypeOptions['fields']) {
  const entity = entityMetadata(this, param);
  this.configStore.addFields(entity.class as never, () => {
    const kind =
      this.configStore.getTypeConfig(entity.class as never).kind === 'Interface' ? 'Interface' : 'Object';
    return fields(new EntityFields(this, entity, kind));
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
  return Object.assign(new LoadedRow(level), columns);
};

proto.entityRef = function entityRef(this: Builder, param: EntityClass) {
  return entityMetadata(this, param).class;
};
