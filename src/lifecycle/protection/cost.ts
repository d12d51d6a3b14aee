import {
  type DocumentNode,
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isListType,
  isUnionType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { fragmentsOf } from './fragments.ts';
import { listArgumentsOf, pageArgumentsOf, type Variables } from './page-arguments.ts';

/** One evaluation: the request's variables, and what was computed for them already. */
interface Evaluation {
  readonly variables: Variables;
  readonly done: Map<Cost, number>;
}
type Cost = (evaluation: Evaluation) => number;
/** How many things a list is taken to have. */
type Size = (variables: Variables) => number;

/** How many things a list is taken to have that the request does not size. */
export interface AssumedSizes {
  /** What a page has when neither `first` nor `last` is given. */
  readonly page: number;
  /** What a list has that can't be asked for in pages. */
  readonly list: number;
}

/** The argument whose members are answered one by one; any other list only narrows the answer down. */
const IDS = 'ids';

/**
 * [SM] What an operation may cost at most: the number of values in the largest reply that its page sizes allow. Each
 * field counts one, and as often as it can come. A connection hands its page size to the lists right inside it
 * (`edges`, `nodes`), `ids` are as many things as they are; any other list counts as long as one can be.
 *
 * Introspection is free here; it asks for no data, and has limits of its own.
 */
export function measureCost(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  assumed: AssumedSizes,
): (variables: Variables) => number {
  const fragments = fragmentsOf(document);
  const spreads = new Map<string, Map<Size | undefined, Cost>>();

  // A fragment that is spread often is counted often, but computed once for each page that it stands in.
  function costOfSpread(name: string, page: Size | undefined): Cost {
    const byPage = spreads.get(name) ?? new Map<Size | undefined, Cost>();
    spreads.set(name, byPage);
    const known = byPage.get(page);
    if (known) return known;
    const fragment = fragments.get(name);
    const type = fragment && schema.getType(fragment.typeCondition.name.value);
    const inner = fragment && isCompositeType(type) ? costOfSet(fragment.selectionSet, type, page) : () => 0;
    const cost: Cost = (evaluation) => {
      const value = evaluation.done.get(cost) ?? inner(evaluation);
      evaluation.done.set(cost, value);
      return value;
    };
    byPage.set(page, cost);
    return cost;
  }

  function costOfSet(
    { selections }: SelectionSetNode,
    type: GraphQLCompositeType,
    page: Size | undefined,
  ): Cost {
    const costs = selections.map((selection): Cost => {
      if (selection.kind === Kind.FRAGMENT_SPREAD) return costOfSpread(selection.name.value, page);
      if (selection.kind === Kind.FIELD) return costOfField(selection, type, page);
      const narrowed = selection.typeCondition && schema.getType(selection.typeCondition.name.value);
      return costOfSet(selection.selectionSet, isCompositeType(narrowed) ? narrowed : type, page);
    });
    return (evaluation) => costs.reduce((sum, cost) => sum + cost(evaluation), 0);
  }

  function costOfField(node: FieldNode, parent: GraphQLCompositeType, inherited: Size | undefined): Cost {
    const field = isUnionType(parent) ? undefined : parent.getFields()[node.name.value];
    const type = field && getNamedType(field.type);
    if (!field || !node.selectionSet || !isCompositeType(type)) return () => 1;
    const own = sizeOf(node, field, assumed);
    if (!isList(field.type)) {
      const inner = costOfSet(node.selectionSet, type, own);
      return (evaluation) => 1 + inner(evaluation);
    }
    const size = own ?? inherited ?? (() => assumed.list);
    const inner = costOfSet(node.selectionSet, type, undefined);
    return (evaluation) => 1 + size(evaluation.variables) * inner(evaluation);
  }

  const root = schema.getRootType(operation.operation);
  const cost: Cost = root ? costOfSet(operation.selectionSet, root, undefined) : () => 0;
  return (variables) => cost({ variables, done: new Map() });
}

/** The size that a field's own arguments give it, when it has such arguments. */
function sizeOf(
  node: FieldNode,
  field: GraphQLField<unknown, unknown>,
  assumed: AssumedSizes,
): Size | undefined {
  const pages = pageArgumentsOf(node, field);
  const sizes = [...pages, ...listArgumentsOf(node, field).filter(({ name }) => name === IDS)];
  if (sizes.length === 0) return undefined;
  const otherwise = pages.length > 0 ? assumed.page : assumed.list;
  return (variables) => {
    const given = sizes.flatMap(({ size }) => size(variables) ?? []);
    return given.length > 0 ? Math.max(...given) : otherwise;
  };
}

function isList(type: GraphQLOutputType): boolean {
  return isListType(getNullableType(type));
}
