import { GraphQLSchema, printSchema } from 'graphql';
import type { InsulaBuilder } from './builder.ts';

/** Adds a module's types and fields to the schema that is being built. */
export type DefineTypes = (builder: InsulaBuilder) => void;

/**
 * Builds the one static schema out of what the modules define; sorted, so that it is the same whatever their order.
 *
 * @throws PothosSchemaError when a field states no permission, or a module's types don't fit.
 */
export function buildSchema(builder: InsulaBuilder, definitions: readonly DefineTypes[]): GraphQLSchema {
  builder.queryType({ description: 'What can be read.' });
  builder.mutationType({ description: 'What can be changed. All fields of a mutation are kept, or none.' });
  for (const define of definitions) define(builder);
  return withoutEmptyMutation(builder.toSchema({ sortSchema: true }));
}

/** Modules that only read leave the mutation type without a field, which GraphQL does not allow. */
function withoutEmptyMutation(schema: GraphQLSchema): GraphQLSchema {
  const { mutation, types, ...config } = schema.toConfig();
  if (!mutation || Object.keys(mutation.getFields()).length > 0) return schema;
  return new GraphQLSchema({ ...config, types: types.filter((type) => type !== mutation) });
}

/** The schema as text, the contract of front-end teams. */
export function printContract(schema: GraphQLSchema): string {
  return `${printSchema(schema)}\n`;
}
