import { type DocumentNode, type FieldNode, Kind, type SelectionNode } from 'graphql';
import { problems } from '../../errors/problems.ts';
import type { DocumentMeasure } from '../document.ts';
import { fragmentsOf, operationsOf, rootFieldsOf } from './fragments.ts';

/**
 * The tools' own introspection query is 13 levels deep and asks for no data; what makes introspection expensive, lists
 * inside lists, is bounded by a rule of graphql-js (`MaxIntrospectionDepthRule`).
 */
const MAX_INTROSPECTION_DEPTH = 20;

/** [SM] Bounds how deep fields are nested, through fragments too. */
export function limitDepth(max: number): DocumentMeasure {
  return (document) => {
    const depthOf = depthReader(document);
    for (const field of operationsOf(document).flatMap((operation) => rootFieldsOf(document, operation))) {
      const allowed = isIntrospection(field) ? MAX_INTROSPECTION_DEPTH : max;
      const depth = depthOf(field);
      if (depth > allowed) {
        throw problems.LIMIT_EXCEEDED(
          `"${field.name.value}" is ${depth} levels deep; ${allowed} are allowed.`,
        );
      }
    }
  };
}

function isIntrospection({ name }: FieldNode): boolean {
  return name.value === '__schema' || name.value === '__type';
}

/**
 * Measures selections. Each fragment is measured once: fragments that spread each other twice would take exponential
 * time otherwise. A fragment inside itself counts nothing there; validation, which comes later, refuses it.
 */
function depthReader(document: DocumentNode): (selection: SelectionNode) => number {
  const fragments = fragmentsOf(document);
  const measured = new Map<string, number>();

  const deepest = (selections: readonly SelectionNode[] = []): number =>
    selections.reduce((most, selection) => Math.max(most, depthOf(selection)), 0);

  const depthOf = (selection: SelectionNode): number => {
    if (selection.kind === Kind.FIELD) return 1 + deepest(selection.selectionSet?.selections);
    if (selection.kind === Kind.INLINE_FRAGMENT) return deepest(selection.selectionSet.selections);
    const name = selection.name.value;
    const known = measured.get(name);
    if (known !== undefined) return known;
    measured.set(name, 0);
    const depth = deepest(fragments.get(name)?.selectionSet.selections);
    measured.set(name, depth);
    return depth;
  };
  return depthOf;
}
