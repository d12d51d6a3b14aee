import {
  type FieldNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  getNamedType,
  isAbstractType,
  isObjectType,
} from 'graphql';
import { isInLine, isSpread } from '../sql/class-line.ts';
import { collectFields, type DocumentScope } from './collect-fields.ts';
import { decidingColumnsOf, entityOf, type RelationUse, useOf } from './field-use.ts';
import { type Edge, type Level, newLevel, viewOf, type Wants } from './level.ts';
import { discriminatorOf } from './loaded-row.ts';
import { isWrapped, unwrapped } from './wrapped-result.ts';

/** What a walk through a selection has to know. */
export interface SelectionScope extends DocumentScope {
  /** Whether the caller may see the field; what it may not is not loaded. */
  isAllowed(field: GraphQLField<unknown, unknown>, type: GraphQLObjectType): boolean;
}

/** Adds to `level` what `nodes` select below `type`: an object, interface or union type, or a result that wraps it. */
export function selectRows(
  scope: SelectionScope,
  level: Level,
  type: GraphQLNamedType,
  nodes: readonly FieldNode[],
): void {
  if (isWrapped(type)) {
    level.unbranded = true;
    for (const inner of unwrapped(scope, type, nodes)) selectRows(scope, level, inner.type, inner.nodes);
    return;
  }
  const { root } = level.entity;
  if (isAbstractType(type)) {
    const discriminator = discriminatorOf(level.entity);
    if (discriminator !== undefined) level.columns.add(discriminator);
    for (const column of decidingColumnsOf(type)) level.columns.add(column);
  }
  const possible = isAbstractType(type)
    ? scope.schema.getPossibleTypes(type)
    : isObjectType(type)
      ? [type]
      : [];
  const classes = new Set<unknown>();
  for (const concrete of possible) {
    // Of a union's types only those over this level's entity concern it.
    const entity = entityOf(concrete);
    if (entity?.root.class !== root.class) continue;
    if (isSpread(entity) && !isInLine(entity, level.entity)) continue;
    if (classes.has(entity.class)) {
      level.unbranded = true;
      level.types.delete(entity.class);
    } else if (!level.types.has(entity.class)) level.types.set(entity.class, concrete.name);
    classes.add(entity.class);
    for (const fieldNodes of collectFields(scope, concrete, nodes).values()) {
      selectField(scope, level, concrete, fieldNodes);
    }
  }
}

/** Adds to `level` what one field of `type` needs. */
export function selectField(
  scope: SelectionScope,
  level: Level,
  type: GraphQLObjectType,
  nodes: readonly FieldNode[],
): void {
  const [node, ...more] = nodes;
  const field = node && type.getFields()[node.name.value];
  const use = field && useOf(field);
  if (!use || !scope.isAllowed(field, type)) return;
  if ('columns' in use) for (const column of use.columns) level.columns.add(column);
  if (use.kind === 'columns') return;
  for (const other of more) level.repeated.set(other, node);
  const named = getNamedType(field.type);
  if (use.kind === 'variant') {
    const view = level.views.get(node) ?? viewOf(level);
    level.views.set(node, view);
    selectRows(scope, view, named, nodes);
    return;
  }
  const edge = edgeFor(level, use, field, node);
  if (use.kind === 'page') selectPage(scope, edge.targets, edge.wants, named, nodes);
  else if (use.kind === 'rows') for (const target of edge.targets) selectRows(scope, target, named, nodes);
}

/** The edge of a field node: of several concrete types it may be asked for more than once, each time for more. */
function edgeFor(
  level: Level,
  use: RelationUse,
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
): Edge {
  const known = level.edges.get(node);
  if (known) return known;
  const { relation } = use;
  const edge: Edge = {
    slot: `$${level.edges.size}`,
    use,
    field,
    node,
    targets: (relation.alternatives?.map((one) => one.relation.target) ?? [relation.target]).map(newLevel),
    wants: { rows: use.kind === 'rows', count: use.kind === 'count' },
  };
  level.edges.set(node, edge);
  return edge;
}

/** Adds what a connection's `nodes` need: rows below `edges.node` and `nodes`; the rest decides what is counted. */
export function selectPage(
  scope: SelectionScope,
  targets: readonly Level[],
  wants: Wants,
  connection: GraphQLNamedType,
  nodes: readonly FieldNode[],
): void {
  if (isWrapped(connection)) {
    for (const { type, nodes: inner } of unwrapped(scope, connection, nodes)) {
      selectPage(scope, targets, wants, type, inner);
    }
    return;
  }
  if (!isObjectType(connection)) return;
  for (const [node, ...more] of collectFields(scope, connection, nodes).values()) {
    const field = node && connection.getFields()[node.name.value];
    if (!field || !scope.isAllowed(field, connection)) continue;
    if (field.name === 'totalCount') wants.count = true;
    else wants.rows = true;
    const type = getNamedType(field.type);
    if (field.name === 'nodes')
      for (const target of targets) selectRows(scope, target, type, [node, ...more]);
    if (field.name === 'edges' && isObjectType(type)) selectEdges(scope, targets, type, [node, ...more]);
  }
}

function selectEdges(
  scope: SelectionScope,
  targets: readonly Level[],
  type: GraphQLObjectType,
  nodes: readonly FieldNode[],
): void {
  for (const found of collectFields(scope, type, nodes).values()) {
    const field = type.getFields()[found[0]?.name.value ?? ''];
    if (field?.name !== 'node' || !scope.isAllowed(field, type)) continue;
    for (const target of targets) selectRows(scope, target, getNamedType(field.type), found);
  }
}
