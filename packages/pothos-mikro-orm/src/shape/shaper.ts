import type { EntityMetadata } from '@mikro-orm/core';
import {
  type FieldNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  getNamedType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { collectFields } from '../selection/collect-fields.ts';
import { type ColumnsUse, entityOf, pageTypeOf, useOf } from '../selection/field-use.ts';
import { type Level, targetOf } from '../selection/level.ts';
import type { SelectionScope } from '../selection/select.ts';
import { kindColumn } from '../sql/class-line.ts';
import { propertyOf } from '../sql/relation.ts';
import { columnValueOf, type ScalarTexts, textFor } from './scalar-text.ts';
import type {
  ColumnMember,
  Constant,
  EdgeMember,
  InfoMember,
  PageMember,
  PageShape,
  RowMember,
  RowShape,
} from './shape.ts';
import { type Guard, guardsOf } from './transparency.ts';
import { isRowTest } from './type-test.ts';

/** How an application's scalars and ids are written. */
export interface Writing {
  readonly texts: ScalarTexts | undefined;
  readonly globalIds: boolean;
}

type Field = GraphQLField<unknown, unknown>;
type Member<M> = (field: Field, key: string, nodes: readonly FieldNode[]) => M | undefined;

/**
 * Finds the JSON that SQL can write for a selection. Every function gives undefined where a resolver of somebody else's
 * has a say, a value has to be decoded, or its scalar is not known.
 */
export class Shaper {
  /** What guards the fields that were found. */
  readonly guards = new Set<Guard>();
  readonly #scope: SelectionScope;
  readonly #writing: Writing;

  constructor(scope: SelectionScope, writing: Writing) {
    this.#scope = scope;
    this.#writing = writing;
  }

  /** The rows of a level that holds the selection already. */
  row(level: Level, type: GraphQLNamedType, nodes: readonly FieldNode[]): RowShape | undefined {
    if (!isObjectType(type) || entityOf(type)?.class !== level.entity.class || !isRowTest(type.isTypeOf))
      return undefined;
    const members = this.#members<RowMember>(type, nodes, (field, key, found) => {
      const use = useOf(field);
      if (!use || !this.#scope.isAllowed(field, type)) return undefined;
      // The row's other types may have a say in it.
      if (use.kind === 'variant') return undefined;
      if (use.kind === 'columns') return this.#columns(use, level.entity, type, field, key, found);
      const edge = found[0] && level.edges.get(found[0]);
      if (!edge || use.relation.alternatives) return undefined;
      if (use.kind === 'count') return { kind: 'count', key, edge };
      const named = getNamedType(field.type);
      if (use.kind === 'page') {
        const shape = this.page(targetOf(edge), named, found);
        return shape && { kind: 'page', key, edge, shape };
      }
      const shape = this.row(targetOf(edge), named, found);
      return shape && { kind: 'rows', key, edge, shape, nullable: !isNonNullType(field.type) };
    });
    return members && { members };
  }

  page(level: Level, type: GraphQLNamedType, nodes: readonly FieldNode[]): PageShape | undefined {
    if (pageTypeOf(type) !== 'connection' || !isObjectType(type)) return undefined;
    const members = this.#members<PageMember>(type, nodes, (field, key, found) => {
      if (!this.#scope.isAllowed(field, type)) return undefined;
      const named = getNamedType(field.type);
      switch (field.name) {
        case 'totalCount':
          return { kind: 'total', key };
        case 'pageInfo': {
          const info = this.#info(named, found);
          return info && { kind: 'info', key, members: info };
        }
        case 'edges': {
          const edges = this.#edges(level, named, found);
          return edges && { kind: 'edges', key, members: edges };
        }
        case 'nodes': {
          const shape = this.row(level, named, found);
          return shape && { kind: 'nodes', key, shape };
        }
        default:
          return undefined;
      }
    });
    return members && { members };
  }

  #edges(level: Level, type: GraphQLNamedType, nodes: readonly FieldNode[]): EdgeMember[] | undefined {
    if (pageTypeOf(type) !== 'edge' || !isObjectType(type)) return undefined;
    return this.#members<EdgeMember>(type, nodes, (field, key, found) => {
      if (field.name === 'cursor') return isText(field) ? { kind: 'cursor', key } : undefined;
      if (field.name !== 'node' || !this.#scope.isAllowed(field, type)) return undefined;
      const shape = this.row(level, getNamedType(field.type), found);
      return shape && { kind: 'node', key, shape };
    });
  }

  #info(type: GraphQLNamedType, nodes: readonly FieldNode[]): InfoMember[] | undefined {
    if (!isObjectType(type)) return undefined;
    return this.#members<InfoMember>(type, nodes, (field, key) => {
      const kind = field.extensions.pothosExposedField;
      if (kind === 'hasNextPage' || kind === 'hasPreviousPage') return { kind, key };
      if (kind !== 'startCursor' && kind !== 'endCursor') return undefined;
      return isText(field) ? { kind, key } : undefined;
    });
  }

  #columns(
    { columns, shown }: ColumnsUse,
    entity: EntityMetadata,
    type: GraphQLObjectType,
    field: Field,
    key: string,
    nodes: readonly FieldNode[],
  ): RowMember | undefined {
    const [name] = columns;
    if (shown === undefined || name === undefined) return undefined;
    if (shown === 'value' || shown === 'id') return this.#column(entity, name, field, key);
    if (shown === 'globalId') {
      const property = propertyOf(entity, name);
      const value = columnValueOf(property);
      const hasText = value === 'text' || value === 'int' || value === 'bigint';
      return this.#writing.globalIds && hasText ? { kind: 'id', key, property, type: type.name } : undefined;
    }
    const named = getNamedType(field.type);
    if (!isObjectType(named) || named.isTypeOf) return undefined;
    const members = this.#members<Constant | ColumnMember>(named, nodes, (part, partKey) => {
      const exposed = part.extensions.pothosExposedField;
      const column = typeof exposed === 'string' ? shown[exposed] : undefined;
      return column === undefined ? undefined : this.#column(entity, column, part, partKey);
    });
    return members && { kind: 'object', key, members };
  }

  #column(entity: EntityMetadata, name: string, field: Field, key: string): ColumnMember | undefined {
    // The class of a row of several tables is no column of any.
    if (name === kindColumn(entity)) return undefined;
    const property = propertyOf(entity, name);
    const text = textFor(property, field.type, this.#writing.texts);
    return text && { kind: 'column', key, entity, property, text, nullable: !isNonNullType(field.type) };
  }

  /** What is selected of a type, one member for each response key; undefined as soon as one has none. */
  #members<M>(
    type: GraphQLObjectType,
    nodes: readonly FieldNode[],
    member: Member<M>,
  ): (M | Constant)[] | undefined {
    const members: (M | Constant)[] = [];
    for (const [key, found] of collectFields(this.#scope, type, nodes)) {
      const name = found[0]?.name.value ?? '';
      // Executors differ in what they make of this name.
      if (key === '__proto__') return undefined;
      if (name === '__typename') {
        members.push({ kind: 'constant', key, json: JSON.stringify(type.name) });
        continue;
      }
      const field = type.getFields()[name];
      const guards = field && guardsOf(field);
      const made = guards && member(field, key, found);
      if (made === undefined) return undefined;
      for (const guard of guards ?? []) this.guards.add(guard);
      members.push(made);
    }
    return members;
  }
}

/** Whether a field shows text as it is. */
function isText(field: Field): boolean {
  const { name } = getNamedType(field.type);
  return name === 'String' || name === 'ID';
}
