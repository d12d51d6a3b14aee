import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  type InlineFragmentNode,
  isAbstractType,
  isCompositeType,
  isObjectType,
  isUnionType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { problems } from '../errors/problems.ts';
import { booleanDefaults, type Condition, conditionsOf } from './conditions.ts';
import { PUBLIC } from './roles.ts';

/** A field of an operation that needs a permission. */
export interface Requirement {
  readonly permission: string;
  /** The field that states it: `Invoice.total`. */
  readonly field: string;
  /** Response keys from the root, without the positions in lists. */
  readonly path: readonly string[];
  /** Where it stands in the document. */
  readonly node: FieldNode;
  /**
   * Set when the field is reached through an interface or a union: the requirement holds for objects of this type
   * alone, and which one comes is known only when it is loaded.
   */
  readonly onlyOn: string | undefined;
  readonly conditions: readonly Condition[];
}

/** Fragments within fragments make a short document a long one; every spread counts. */
const MAX_SELECTIONS = 4_000;

/** Where in the operation a selection stands. */
interface Place {
  readonly type: GraphQLCompositeType;
  /** The object types that can come here. */
  readonly possible: readonly GraphQLObjectType[];
  /** True when which of them comes is known only at run time. */
  readonly open: boolean;
  /** The innermost fragment's type, when it leaves out some of what the field around it can be. */
  readonly narrowedTo: string | undefined;
  readonly path: readonly string[];
  readonly conditions: readonly Condition[];
}

/**
 * Every field of a validated operation that is not public, in the order of the document, with the permission it states.
 * What is asked for again, at the same place and under the same conditions, is there once.
 *
 * @throws Problem `LIMIT_EXCEEDED` when its fragments unfold to more than 4,000 selections.
 */
export function collectRequirements(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  root: GraphQLObjectType,
): Requirement[] {
  const requirements = new Map<string, Requirement>();
  const defaults = booleanDefaults(operation);
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  /** How many selections each fragment unfolds to, at each place where it was read. */
  const unfolded = new Map<string, number>();
  let selections = 0;

  function count(more: number): void {
    selections += more;
    if (selections > MAX_SELECTIONS) throw problems.LIMIT_EXCEEDED('The document selects too many fields.');
  }

  function visitSet({ selections: nodes }: SelectionSetNode, place: Place): void {
    count(nodes.length);
    for (const node of nodes) {
      const own = conditionsOf(node, defaults);
      if (own) visit(node, under(place, own));
    }
  }

  function visit(node: SelectionNode, place: Place): void {
    if (node.kind === Kind.FIELD) {
      visitField(node, place);
      return;
    }
    if (node.kind === Kind.INLINE_FRAGMENT) {
      visitFragment(node, place);
      return;
    }
    const name = node.name.value;
    const fragment = fragments.get(name);
    if (!fragment) return;
    const key = `${name} ${keyOf(place)}`;
    const known = unfolded.get(key);
    if (known !== undefined) {
      count(known);
      return;
    }
    const before = selections;
    visitFragment(fragment, place);
    unfolded.set(key, selections - before);
  }

  function visitFragment(fragment: FragmentDefinitionNode | InlineFragmentNode, place: Place): void {
    const type = fragment.typeCondition ? schema.getType(fragment.typeCondition.name.value) : place.type;
    if (!isCompositeType(type)) return;
    const narrowed = narrow(schema, place, type);
    // Fragments within fragments can rule each other out.
    if (narrowed.possible.length > 0) visitSet(fragment.selectionSet, narrowed);
  }

  function visitField(node: FieldNode, place: Place): void {
    const name = node.name.value;
    // Introspection tells the schema, no data; whether it may be asked is settled elsewhere.
    if (name.startsWith('__')) return;
    const path = [...place.path, node.alias?.value ?? name];
    for (const { owner, field, onlyOn } of declarations(place, name)) {
      const permission = permissionOf(owner, field);
      if (permission === PUBLIC) continue;
      const { conditions } = place;
      const key = `${owner}.${name} ${onlyOn} ${path.join('.')} ${keyOfConditions(conditions)}`;
      if (requirements.has(key)) continue;
      requirements.set(key, { permission, field: `${owner}.${name}`, path, node, onlyOn, conditions });
    }
    const type = fieldOf(place.type, name) && getNamedType(fieldOf(place.type, name)?.type);
    if (!node.selectionSet || !isCompositeType(type)) return;
    visitSet(node.selectionSet, { ...placeOf(schema, type), path, conditions: place.conditions });
  }

  visitSet(operation.selectionSet, { ...placeOf(schema, root), path: [], conditions: [] });
  return [...requirements.values()];
}

/** The same place under more conditions; one that holds there already adds nothing. */
function under(place: Place, conditions: readonly Condition[]): Place {
  const more = conditions.filter(
    ({ variable, wanted }) =>
      !place.conditions.some((known) => known.variable === variable && known.wanted === wanted),
  );
  return more.length > 0 ? { ...place, conditions: [...place.conditions, ...more] } : place;
}

/** The same for places where the same selections mean the same. No name of GraphQL has a space, a dot or a comma. */
function keyOf({ type, possible, open, narrowedTo, path, conditions }: Place): string {
  const types = possible.map(({ name }) => name);
  return `${type.name} ${types} ${open} ${narrowedTo} ${path.join('.')} ${keyOfConditions(conditions)}`;
}

function keyOfConditions(conditions: readonly Condition[]): string {
  return conditions.map(({ variable, wanted }) => `${wanted ? '' : '!'}${variable}`).join();
}

/** What a field's type leaves open. */
function placeOf(schema: GraphQLSchema, type: GraphQLCompositeType): Omit<Place, 'path' | 'conditions'> {
  const open = isAbstractType(type);
  return { type, open, possible: open ? schema.getPossibleTypes(type) : [type], narrowedTo: undefined };
}

/** What a fragment on `type` leaves of a place. */
function narrow(schema: GraphQLSchema, place: Place, type: GraphQLCompositeType): Place {
  const allowed = isAbstractType(type) ? schema.getPossibleTypes(type) : [type];
  const possible = place.possible.filter((candidate) => allowed.includes(candidate));
  const narrowedTo = possible.length < place.possible.length ? type.name : place.narrowedTo;
  return { ...place, type, possible, narrowedTo };
}

interface Declaration {
  readonly owner: string;
  readonly field: GraphQLField<unknown, unknown>;
  readonly onlyOn: string | undefined;
}

/** Who states a permission for a field: its own type, and behind an interface every type that can come. */
function* declarations({ type, possible, open, narrowedTo }: Place, name: string): Iterable<Declaration> {
  const own = fieldOf(type, name);
  if (!isObjectType(type) && own) yield { owner: type.name, field: own, onlyOn: narrowedTo };
  for (const candidate of possible) {
    const field = fieldOf(candidate, name);
    if (field) yield { owner: candidate.name, field, onlyOn: open ? candidate.name : undefined };
  }
}

function fieldOf(type: GraphQLCompositeType, name: string): GraphQLField<unknown, unknown> | undefined {
  return isUnionType(type) ? undefined : type.getFields()[name];
}

function permissionOf(
  owner: string,
  { name, extensions: { permission } }: GraphQLField<unknown, unknown>,
): string {
  // The schema does not build with such a field; were it there all the same, nobody gets it.
  if (typeof permission !== 'string') throw new Error(`The field ${owner}.${name} states no permission.`);
  return permission;
}
