import { visit } from 'graphql';
import type { InputIssue } from '../../errors/invalid-input.ts';
import { locate } from '../../errors/locate.ts';
import { problems } from '../../errors/problems.ts';
import type { DocumentMeasure } from '../document.ts';

/** [SM] Bounds the lists that are written in a document: a list as input becomes a statement as long. */
export function limitLists(max: number): DocumentMeasure {
  return (document) => {
    visit(document, {
      ListValue(node) {
        if (node.values.length <= max) return;
        throw locate(problems.LIMIT_EXCEEDED(tooLong(node.values.length, max)), {
          nodes: [node],
          source: undefined,
          positions: undefined,
          path: undefined,
        });
      },
    });
  };
}

/** The same for a variable's value; what is inside such a list is not looked at. Input must not be endlessly deep. */
export function* listFaults(
  value: unknown,
  max: number,
  path: InputIssue['path'] = [],
): Iterable<InputIssue> {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value) && value.length > max) {
    yield { path, message: tooLong(value.length, max) };
    return;
  }
  for (const [key, member] of Object.entries(value)) {
    yield* listFaults(member, max, [...path, Array.isArray(value) ? Number(key) : key]);
  }
}

function tooLong(length: number, max: number): string {
  return `A list of ${length} members is too long; ${max} are allowed.`;
}
