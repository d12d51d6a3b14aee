import { getMappedArgumentValues } from '@pothos/core';
import type { GraphQLResolveInfo } from 'graphql';
import { type PageArguments, pageRequest } from '../connection/page.ts';
import type { RowsRequest } from '../criteria/rows.ts';
import { type Edge, type Level, targetOf } from '../selection/level.ts';

/** What a field over a relation asks for, this time. */
export interface EdgeRequest {
  /** The rows: of the edge, or of each level of a polymorphic one. */
  readonly requests: readonly (readonly [of: Level | Edge, request: RowsRequest])[];
  /** How many rows each parent is expected to have. */
  readonly expected: number;
}

/**
 * The rows of an edge, by the field's own arguments and query.
 *
 * @param unstated how many rows a list is expected to have whose criteria say no limit
 * @throws GraphQLError BAD_USER_INPUT for a page that can't be
 */
export async function edgeRequest(
  edge: Edge,
  context: object,
  info: GraphQLResolveInfo,
  unstated: number,
): Promise<EdgeRequest> {
  const { use, field, node } = edge;
  const { relation, query } = use;
  if (relation.alternatives) {
    return {
      requests: edge.targets.map((level) => [level, { entity: level.entity, criteria: {} }]),
      expected: 1,
    };
  }
  const args: object =
    field.args.length === 0 ? {} : await Promise.resolve(getMappedArgumentValues(field, node, context, info));
  const criteria = query?.(args, context) ?? {};
  const { entity } = targetOf(edge);
  if (use.kind === 'count') {
    const { where, filters } = criteria;
    return { requests: [[edge, { entity, criteria: { where, filters }, relation }]], expected: 1 };
  }
  if (use.kind === 'page') {
    const page = pageRequest(args as PageArguments, use);
    const request = { entity, criteria: unlimited(criteria), relation, page };
    return { requests: [[edge, request]], expected: edge.wants.rows ? page.size : 0 };
  }
  if (!relation.many) return { requests: [[edge, { entity, criteria, relation }]], expected: 1 };
  return {
    requests: [[edge, { entity, criteria, relation, limit: use.maxSize }]],
    expected: criteria.limit ?? Math.min(use.maxSize, unstated),
  };
}

/** @throws Error for criteria of a connection that cut its rows themselves */
export function unlimited<C extends { readonly limit?: unknown; readonly offset?: unknown }>(criteria: C): C {
  if (criteria.limit !== undefined || criteria.offset !== undefined) {
    throw new Error('The criteria of a connection have no limit and no offset: its arguments cut the page.');
  }
  return criteria;
}
