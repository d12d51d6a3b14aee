import { GraphQLError, type ValidationRule } from 'graphql';
import type { InputIssue } from '../errors/invalid-input.ts';

/** JSON as deep as this is no input but an attempt. */
const MAX_DEPTH = 100;

/**
 * Finds text that can't be stored as it is: PostgreSQL has no NUL, and half of a surrogate pair would silently become
 * another character. Looks into everything, the names of members too. Deep input does not make it recurse.
 */
export function textFaults(input: unknown): InputIssue[] {
  const issues: InputIssue[] = [];
  const left: { readonly value: unknown; readonly path: readonly (string | number)[] }[] = [
    { value: input, path: [] },
  ];
  for (let next = left.pop(); next; next = left.pop()) {
    const { value, path } = next;
    if (typeof value === 'string') {
      const message = faultOf(value);
      if (message) issues.push({ path, message });
      continue;
    }
    if (typeof value !== 'object' || value === null) continue;
    if (path.length >= MAX_DEPTH) return [{ path: path.slice(0, 3), message: 'This is nested too deeply.' }];
    for (const [key, member] of Object.entries(value)) {
      const message = faultOf(key);
      if (message) issues.push({ path, message });
      left.push({ value: member, path: [...path, Array.isArray(value) ? Number(key) : key] });
    }
  }
  return issues;
}

/** The same for text that is written in the document itself. */
export const storableText: ValidationRule = (context) => ({
  StringValue(node) {
    const message = faultOf(node.value);
    if (message) context.reportError(new GraphQLError(message, { nodes: node }));
  },
});

function faultOf(text: string): string | undefined {
  if (text.includes('\0')) return 'The text contains a NUL character.';
  if (!text.isWellFormed()) return 'The text contains half of a surrogate pair.';
  return undefined;
}
