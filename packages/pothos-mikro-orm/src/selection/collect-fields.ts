import {
  type DirectiveNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLIncludeDirective,
  type GraphQLObjectType,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getDirectiveValues,
  isAbstractType,
  Kind,
  type SelectionSetNode,
} from 'graphql';

/** A document as it is executed, this time. */
export interface DocumentScope {
  readonly schema: GraphQLSchema;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Names of the variables that `@skip` and `@include` asked for. */
  readonly conditions: Set<string>;
}

/**
 * The fields that `nodes` select on the concrete type `type`, by response key: through fragments and directives, in the
 * order in which GraphQL's executor finds them. Each fragment is visited once, or nested fragments would cost
 * exponential time.
 */
export function collectFields(
  scope: DocumentScope,
  type: GraphQLObjectType,
  nodes: readonly { readonly selectionSet?: SelectionSetNode | undefined }[],
): Map<string, FieldNode[]> {
  const found = new Map<string, FieldNode[]>();
  const visited = new Set<string>();
  const visit = ({ selections }: SelectionSetNode): void => {
    for (const selection of selections) {
      if (!isIncluded(scope, selection)) continue;
      if (selection.kind === Kind.FIELD) {
        const key = selection.alias?.value ?? selection.name.value;
        const list = found.get(key);
        if (list) list.push(selection);
        else found.set(key, [selection]);
        continue;
      }
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        if (visited.has(selection.name.value)) continue;
        visited.add(selection.name.value);
      }
      const fragment =
        selection.kind === Kind.FRAGMENT_SPREAD ? scope.fragments[selection.name.value] : selection;
      if (fragment && appliesTo(scope.schema, fragment.typeCondition?.name.value, type))
        visit(fragment.selectionSet);
    }
  };
  for (const { selectionSet } of nodes) if (selectionSet) visit(selectionSet);
  return found;
}

function appliesTo(schema: GraphQLSchema, condition: string | undefined, type: GraphQLObjectType): boolean {
  if (condition === undefined) return true;
  const on = schema.getType(condition);
  return on === type || (isAbstractType(on) && schema.isSubType(on, type));
}

function isIncluded(
  scope: DocumentScope,
  { directives }: { readonly directives?: readonly DirectiveNode[] | undefined },
): boolean {
  if (!directives?.length) return true;
  for (const { name, arguments: given } of directives) {
    if (name.value !== 'skip' && name.value !== 'include') continue;
    for (const { value } of given ?? [])
      if (value.kind === Kind.VARIABLE) scope.conditions.add(value.name.value);
  }
  return (
    getDirectiveValues(GraphQLSkipDirective, { directives }, scope.variables)?.if !== true &&
    getDirectiveValues(GraphQLIncludeDirective, { directives }, scope.variables)?.if !== false
  );
}
