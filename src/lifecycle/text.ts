import { GraphQLError, type ValidationRule } from 'graphql';
import type { InputIssue } from '../errors/invalid-input.ts';

/** JSON as deep as this is no input but an attempt. */
const MAX_DEPTH = 100;

type Path = readonly (string | number)[];

/**
 * Finds text that can't be stored as it is: PostgreSQL has no NUL, and half of a surrogate pair would silently become
 * another character. Looks into everything, the names of members too; deep input does not make it recurse.
 */
export function* textFaults(input: unknown): Iterable<InputIssue> {
  if (typeof input === 'string') yield* faultsOf(input, []);
  const left: { readonly value: object; readonly path: Path }[] = isObject(input)
    ? [{ value: input, path: [] }]
    : [];
  for (let next = left.pop(); next; next = left.pop()) {
    const { value, path } = next;
    if (path.length >= MAX_DEPTH) {
      yield { path: path.slice(0, 3), message: 'This is nested too deeply.' };
      return;
    }
    const isList = Array.isArray(value);
    for (const [key, member] of Object.entries(value)) {
      if (!isList) yield* faultsOf(key, path);
      if (typeof member !== 'string' && !isObject(member)) continue;
      const place = [...path, isList ? Number(key) : key];
      if (typeof member === 'string') yield* faultsOf(member, place);
      else left.push({ value: member, path: place });
    }
  }
}

/** The same for text that is written in the document itself. */
export const storableText: ValidationRule = (context) => ({
  StringValue(node) {
    const message = faultOf(node.value);
    if (message) context.reportError(new GraphQLError(message, { nodes: node }));
  },
});

function* faultsOf(text: string, path: Path): Iterable<InputIssue> {
  const message = faultOf(text);
  if (message) yield { path, message };
}

function faultOf(text: string): string | undefined {
  if (text.includes('\0')) return 'The text contains a NUL character.';
  if (!text.isWellFormed()) return 'The text contains half of a surrogate pair.';
  return undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
