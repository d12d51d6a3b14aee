import type { EntityMetadata, MetadataStorage } from '@mikro-orm/core';
import type { SchemaTypes } from '@pothos/core';
import { Loader } from '../load/loader.ts';
import { isSpread } from '../sql/class-line.ts';
import { flatHierarchy } from '../sql/hierarchy.ts';
import type { EntityClass } from '../types/entity.ts';

/** A builder as the plugin's own code sees it: its types are checked at the surface. */
export type Builder = PothosSchemaTypes.SchemaBuilder<SchemaTypes>;

const loaders = new WeakMap<Builder, Loader>();

/** The builder's one loader, with the plans of its documents. */
export function loaderOf(builder: Builder): Loader {
  let loader = loaders.get(builder);
  if (!loader) {
    loader = new Loader(builder.options.mikroOrm);
    loaders.set(builder, loader);
  }
  return loader;
}

/** @throws Error when the builder was given neither `orm` nor `metadata` */
export function metadataOf(builder: Builder): MetadataStorage {
  const { metadata, orm } = builder.options.mikroOrm;
  const found = metadata ?? orm?.getMetadata();
  if (!found) throw new Error('The builder\'s option "mikroOrm" needs "orm" or "metadata".');
  return found;
}

/** @throws Error when the class is no entity of the ORM, or has no table, or tables that make no flat row */
export function entityMetadata(builder: Builder, entity: EntityClass): EntityMetadata {
  const found = metadataOf(builder).find(entity);
  if (!found) throw new Error(`${entity.name} is no entity of this ORM.`);
  if (found.virtual || found.embeddable) throw new Error(`${entity.name} has no table.`);
  if (isSpread(found)) flatHierarchy(found);
  return found;
}
