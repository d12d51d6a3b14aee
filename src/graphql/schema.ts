import { type GraphQLNamedType, GraphQLSchema, isObjectType, printSchema } from 'graphql';
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
  builder.subscriptionType({ description: 'What can be waited for: each event is read anew when it comes.' });
  for (const define of definitions) define(builder);
  return withoutEmptyRoots(builder.toSchema({ sortSchema: true }));
}

/** Modules that only read leave the other root types without a field, which GraphQL does not allow. */
function withoutEmptyRoots(schema: GraphQLSchema): GraphQLSchema {
  const { mutation, subscription, types, ...config } = schema.toConfig();
  const isEmpty = (type: GraphQLNamedType | null | undefined) =>
    isObjectType(type) && Object.keys(type.getFields()).length === 0;
  return new GraphQLSchema({
    ...config,
    mutation: isEmpty(mutation) ? null : mutation,
    subscription: isEmpty(subscription) ? null : subscription,
    types: types.filter((type) => ![mutation, subscription].some((root) => root === type && isEmpty(root))),
  });
}

/** The schema as text, the contract of front-end teams. */
export function printContract(schema: GraphQLSchema): string {
  return `${printSchema(schema)}\n`;
}
