import { CriticalityLevel, diff } from '@graphql-inspector/core';
import type { GraphQLSchema } from 'graphql';

/** What of the released schema breaks for those who already use it, a line each, such as `Field 'note' was removed …`. */
export async function breakingChanges(released: GraphQLSchema, built: GraphQLSchema): Promise<string[]> {
  const changes = await diff(released, built);
  return changes
    .filter(({ criticality }) => criticality.level === CriticalityLevel.Breaking)
    .map(({ message, path }) => `${path}: ${message}`)
    .sort();
}
