import { GraphQLError } from 'graphql';
import type { Problem } from './define.ts';

/** Says where in the document, and where in the reply, a problem happened. */
export function locate(
  problem: Problem,
  { nodes, source, positions, path }: Pick<GraphQLError, 'nodes' | 'source' | 'positions' | 'path'>,
): GraphQLError {
  const { message, extensions } = problem;
  return new GraphQLError(message, {
    nodes: nodes ?? null,
    source: source ?? null,
    positions: positions ?? null,
    path: path ?? null,
    originalError: problem,
    extensions,
  });
}
