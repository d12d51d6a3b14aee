import { MikroORM } from '@mikro-orm/postgresql';
import {
  buildSchema,
  type GraphQLObjectType,
  GraphQLScalarType,
  type GraphQLSchema,
  printSchema,
} from 'graphql';
import { entities } from './entities.ts';
import { scalarNames, serialize } from './scalars.ts';
import { createSchema } from './this-plugin.ts';

type Resolver = NonNullable<ReturnType<GraphQLObjectType['getFields']>[string]['resolve']>;

/** The plugin's own GraphQL schema with other resolvers; a field without one reads the property of its name. */
export async function plainSchema(
  resolvers: Readonly<Record<string, Readonly<Record<string, Resolver>>>>,
): Promise<GraphQLSchema> {
  const orm = new MikroORM({ dbName: 'postgres', entities });
  const schema = buildSchema(printSchema(createSchema(orm)));
  await orm.close();
  for (const name of scalarNames) {
    const scalar = schema.getType(name);
    if (scalar instanceof GraphQLScalarType) scalar.serialize = serialize;
  }
  for (const [type, fields] of Object.entries(resolvers)) {
    const object = schema.getType(type);
    for (const [name, resolve] of Object.entries(fields)) {
      const field = object && 'getFields' in object ? object.getFields()[name] : undefined;
      if (!field || !('resolve' in field)) throw new Error(`There is no field ${type}.${name}.`);
      field.resolve = resolve;
    }
  }
  return schema;
}
