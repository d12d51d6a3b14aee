import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  Kind,
  type OperationDefinitionNode,
  visit,
} from 'graphql';
import { collectFields } from '../selection/collect-fields.ts';
import { newLevel } from '../selection/level.ts';
import type { SelectionScope } from '../selection/select.ts';
import { rootUseOf, selectRoot, shapeRoot } from './root.ts';
import { Shaper } from './shaper.ts';
import { replaceRootFields } from './text-document.ts';
import { isBatched, isRefused, type StandIn, textSchemaOf } from './text-schema.ts';
import type { Guard } from './transparency.ts';

/** An operation whose reply comes, wholly or in part, from the database as text. */
export interface TextOperation {
  /** To be executed instead of the schema, the document and the operation that were asked for. */
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly node: OperationDefinitionNode;
  /** Whether every root field comes as text. */
  readonly whole: boolean;
  /** How many statements it sends where it is whole and its resolvers send none of their own. */
  readonly statements: number;
  /** Whether a request may have all that is written without its resolvers; else they have to run, and refuse. */
  allows(context: object): boolean;
}

const operations = new WeakMap<GraphQLSchema, WeakMap<OperationDefinitionNode, TextOperation | 'none'>>();

/**
 * Finds the root fields of a query whose JSON SQL can write: rows of entities, of which only columns, relations and
 * connections are selected that show what is in the table, as scalars do whose text is known. What is executed in the
 * operation's place gives for each of these a `ShapedText`; errors, nulls and all other fields are as ever.
 *
 * @param document valid for the schema
 * @param node its operation
 * @returns undefined where there is no such field. The answer is kept with the operation
 */
export function textOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  node: OperationDefinitionNode,
): TextOperation | undefined {
  const known = operations.get(schema) ?? new WeakMap<OperationDefinitionNode, TextOperation | 'none'>();
  operations.set(schema, known);
  let operation = known.get(node);
  if (operation === undefined || (operation !== 'none' && isOutdated(operation, node))) {
    operation = find(schema, document, node) ?? 'none';
    known.set(node, operation);
  }
  return operation === 'none' ? undefined : operation;
}

type Field = GraphQLField<unknown, unknown>;

/** The fields that an operation relies on; one may turn out to look into its rows, or to take several statements. */
const reliesOn = new WeakMap<TextOperation, ReadonlyMap<string, Field>>();
const isOutdated = (operation: TextOperation, node: OperationDefinitionNode): boolean =>
  [...(reliesOn.get(operation) ?? [])].some(([key, field]) => isRefused(field) || isBatched(node, key));

function find(
  schema: GraphQLSchema,
  document: DocumentNode,
  node: OperationDefinitionNode,
): TextOperation | undefined {
  const query = schema.getQueryType();
  if (node.operation !== 'query' || !query) return undefined;
  const guards = new Set<Guard>();
  const fields = new Map<string, GraphQLField<unknown, unknown>>();
  const unconditional = withoutConditions(document, node);
  const found = rootFields(schema, query, unconditional);
  for (const [key, nodes] of found) {
    if (isBatched(node, key)) continue;
    const field = writableField(schema, query, nodes, unconditional.fragments, guards);
    if (field) fields.set(key, field);
  }
  const replacement = fields.size > 0 ? textSchemaOf(schema, query) : undefined;
  if (!replacement) return undefined;
  const standIns = new Map<string, StandIn>();
  for (const [key, field] of fields) {
    const standIn = replacement.standIns.get(field.name);
    if (standIn) standIns.set(key, standIn);
  }
  const others = [...found].filter(
    ([key, [first]]) => !standIns.has(key) && first?.name.value !== '__typename',
  );
  const replaced = replaceRootFields(document, node, fragmentsOf(document), standIns);
  if (!replaced) return undefined;
  const operation: TextOperation = {
    schema: replacement.schema,
    ...replaced,
    whole: others.length === 0,
    statements: standIns.size,
    allows: (context) => {
      for (const guard of guards) if (!guard(context)) return false;
      return true;
    },
  };
  reliesOn.set(operation, fields);
  return operation;
}

interface Parts {
  readonly node: OperationDefinitionNode;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
}

/** The operation as if every `@skip` and `@include` let its selection take part: what may be asked for, ever. */
function withoutConditions(document: DocumentNode, node: OperationDefinitionNode): Parts {
  const visitor = {
    Directive: ({ name }: { readonly name: { readonly value: string } }) =>
      name.value === 'skip' || name.value === 'include' ? null : undefined,
  };
  return { node: visit(node, visitor), fragments: fragmentsOf(visit(document, visitor)) };
}

function fragmentsOf({ definitions }: DocumentNode): Record<string, FragmentDefinitionNode> {
  return Object.fromEntries(
    definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition] as const] : [],
    ),
  );
}

const everything = (schema: GraphQLSchema, fragments: Parts['fragments']): SelectionScope => ({
  schema,
  fragments,
  variables: {},
  conditions: new Set(),
  isAllowed: () => true,
});

function rootFields(
  schema: GraphQLSchema,
  query: GraphQLObjectType,
  { node, fragments }: Parts,
): Map<string, FieldNode[]> {
  return collectFields(everything(schema, fragments), query, [node]);
}

/** The root field of these nodes, if SQL can write all that they select. */
function writableField(
  schema: GraphQLSchema,
  query: GraphQLObjectType,
  nodes: readonly FieldNode[],
  fragments: Parts['fragments'],
  guards: Set<Guard>,
): GraphQLField<unknown, unknown> | undefined {
  const field = query.getFields()[nodes[0]?.name.value ?? ''];
  const use = field && rootUseOf(field);
  if (!use || isRefused(field)) return undefined;
  const { loader, result, target } = use;
  const scope = everything(schema, fragments);
  const { entity } = target({ schema, returnType: field.type });
  const level = newLevel(entity);
  const selection = { returnType: field.type, fieldNodes: nodes };
  selectRoot(result, scope, level, { rows: false, count: false }, selection);
  const shaper = new Shaper(scope, loader().writing);
  if (!shapeRoot(result, shaper, level, getNamedType(field.type), nodes)) return undefined;
  for (const guard of shaper.guards) guards.add(guard);
  return field;
}
