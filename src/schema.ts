import type { MikroORM } from '@mikro-orm/postgresql';
import type { GraphQLSchema } from 'graphql';
import { createOrm, type OrmOptions } from './database/orm.ts';
import { createBuilder } from './graphql/builder.ts';
import { buildSchema } from './graphql/schema.ts';
import type { Module } from './module.ts';
import type { ServiceDefinition } from './session/services.ts';

/** The ORM with every entity that a module brings. */
export function createModuleOrm(modules: readonly Module[], options: Omit<OrmOptions, 'entities'>): MikroORM {
  return createOrm({ ...options, entities: modules.flatMap(({ entities = [] }) => [...entities]) });
}

/** The one GraphQL schema that all modules make together. */
export function createModuleSchema(
  modules: readonly Module[],
  orm: MikroORM,
  sizes: { readonly defaultPageSize: number; readonly maxPageSize: number },
): GraphQLSchema {
  const permissions = permissionsOf(modules);
  const builder = createBuilder({ orm, permissions, ...sizes });
  return buildSchema(
    builder,
    modules.flatMap(({ types }) => types ?? []),
  );
}

/** Every permission that a module declares. */
export function permissionsOf(modules: readonly Module[]): ReadonlySet<string> {
  return new Set(modules.flatMap(({ permissions = {} }) => Object.keys(permissions)));
}

/** Every service that a module brings. */
export function servicesOf(modules: readonly Module[]): ReadonlySet<ServiceDefinition<unknown>> {
  return new Set(modules.flatMap(({ services = [] }) => services));
}
