import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import type { StandIn } from './text-schema.ts';

/** Where a node of a rewritten operation comes from. */
export interface Origin {
  readonly node: FieldNode;
  readonly operation: OperationDefinitionNode;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
}

const origins = new WeakMap<FieldNode, Origin>();

export const originOf = (node: FieldNode): Origin | undefined => origins.get(node);

/** Fragments within fragments at the root are put in place of their spreads; beyond so many selections, nothing is. */
const mostSelections = 500;

/**
 * The operation with leaves in the place of some root fields: the same keys, arguments and conditions.
 *
 * @param standIns what stands for a field, by response key
 * @returns undefined for an operation whose fragments unfold to more than 500 selections at its root
 */
export function replaceRootFields(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  fragments: Origin['fragments'],
  standIns: ReadonlyMap<string, StandIn>,
): { readonly document: DocumentNode; readonly node: OperationDefinitionNode } | undefined {
  let selections = 0;
  let others = false;

  const replaceSet = (set: SelectionSetNode): SelectionSetNode => ({
    ...set,
    selections: set.selections.flatMap(replace),
  });

  function replace(selection: SelectionNode): SelectionNode[] {
    selections += 1;
    if (selections > mostSelections) return [];
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      return [{ ...selection, selectionSet: replaceSet(selection.selectionSet) }];
    }
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      const fragment = fragments[selection.name.value];
      if (!fragment) return [selection];
      const { typeCondition, selectionSet } = fragment;
      const { directives } = selection;
      return [
        {
          kind: Kind.INLINE_FRAGMENT,
          typeCondition,
          selectionSet: replaceSet(selectionSet),
          ...(directives && { directives }),
        },
      ];
    }
    const { selectionSet: _selectionSet, ...field } = selection;
    const standIn = standIns.get((field.alias ?? field.name).value);
    if (!standIn) {
      others = true;
      return [selection];
    }
    const node: FieldNode = {
      ...field,
      alias: field.alias ?? field.name,
      name: { ...field.name, value: standIn.name },
    };
    origins.set(node, { node: selection, operation, fragments });
    return [node];
  }

  const node = { ...operation, selectionSet: replaceSet(operation.selectionSet) };
  if (selections > mostSelections) return undefined;
  const definitions = others
    ? document.definitions.map((definition) => (definition === operation ? node : definition))
    : [node];
  return { document: { ...document, definitions }, node };
}
