import type { EntityMetadata } from '@mikro-orm/core';
import type { FieldNode, GraphQLField } from 'graphql';
import type { RelationUse } from './field-use.ts';

/** What is wanted of the rows of one entity at one place of a document. */
export interface Level {
  readonly entity: EntityMetadata;
  readonly columns: Set<string>;
  /** Names of the GraphQL types that rows of an entity's class have here, where an interface or union has to know. */
  readonly types: Map<unknown, string>;
  /** By field node: aliases with other arguments never meet, and a field in two fragments is one. */
  readonly edges: Map<FieldNode, Edge>;
}

/** One relation that a level's rows are loaded with. */
export interface Edge {
  /** The name under which a row holds the result. */
  readonly slot: string;
  readonly use: RelationUse;
  readonly field: GraphQLField<unknown, unknown>;
  readonly node: FieldNode;
  /** One level; one for each entity where the relation is polymorphic. */
  readonly targets: readonly Level[];
  readonly wants: Wants;
}

/** What is wanted of a connection. */
export interface Wants {
  rows: boolean;
  count: boolean;
}

export const newLevel = (entity: EntityMetadata): Level => ({
  entity,
  columns: new Set(entity.primaryKeys),
  types: new Map(),
  edges: new Map(),
});

/** Whether rows of one level have all that is wanted at another. */
export function holds(have: Level, want: Level): boolean {
  if (have === want) return true;
  for (const column of want.columns) if (!have.columns.has(column)) return false;
  for (const [node, { wants, targets }] of want.edges) {
    const edge = have.edges.get(node);
    if (!edge || (wants.rows && !edge.wants.rows) || (wants.count && !edge.wants.count)) return false;
    if (!targets.every((target, i) => edge.targets[i] && holds(edge.targets[i], target))) return false;
  }
  return true;
}

/** The one target of an edge that is not polymorphic. */
export function targetOf({ targets, field }: Edge): Level {
  const [target] = targets;
  if (!target) throw new Error(`"${field.name}" leads nowhere.`);
  return target;
}
