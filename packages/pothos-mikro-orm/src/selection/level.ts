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
  /** A field that is written more than once is loaded for its first node; an executor that defers may ask by another. */
  readonly repeated: Map<FieldNode, FieldNode>;
  /** The same rows as another GraphQL type shows them, by the field node that does. */
  readonly views: Map<FieldNode, Level>;
  /** Whether it is not the rows that tell their GraphQL type: a result around them does, or the type's `resolveType`. */
  unbranded: boolean;
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
  repeated: new Map(),
  views: new Map(),
  unbranded: false,
});

/** The level's rows for another GraphQL type: what either is loaded with, both have. */
export const viewOf = (level: Level): Level => ({ ...level, types: new Map(), unbranded: false });

/** Whether rows of one level have all that is wanted at another. */
export function holds(have: Level, want: Level): boolean {
  if (have === want) return true;
  for (const column of want.columns) if (!have.columns.has(column)) return false;
  for (const [node, { wants, targets }] of want.edges) {
    const edge = have.edges.get(have.repeated.get(node) ?? node);
    if (!edge || (wants.rows && !edge.wants.rows) || (wants.count && !edge.wants.count)) return false;
    if (!targets.every((target, i) => edge.targets[i] && holds(edge.targets[i], target))) return false;
  }
  for (const [node, wanted] of want.views) {
    const view = have.views.get(have.repeated.get(node) ?? node);
    if (!view || !holds(view, wanted)) return false;
  }
  return true;
}

/** The one target of an edge that is not polymorphic. */
export function targetOf({ targets, field }: Edge): Level {
  const [target] = targets;
  if (!target) throw new Error(`"${field.name}" leads nowhere.`);
  return target;
}
