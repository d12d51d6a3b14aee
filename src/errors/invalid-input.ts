import type { Problem } from './define.ts';
import { problems } from './problems.ts';

/** One fault of an input, and where it is: `['input', 'lines', 0, 'quantity']`. */
export interface InputIssue {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Input comes from outside and may be long; what is said about it is not. */
const LONGEST_MESSAGE = 300;

/** All the faults of an input as one problem; the message tells the first, `extensions.issues` all of them. */
export function invalidInput(issues: readonly InputIssue[]): Problem {
  const short = issues.map(({ path, message }) => ({ path, message: cut(message) }));
  const [first] = short;
  const more = short.length > 1 ? ` (and ${short.length - 1} more)` : '';
  const message = first ? `${first.path.join('.')}: ${first.message}${more}` : 'The input is invalid.';
  return problems.BAD_USER_INPUT(message, { extensions: { issues: short } });
}

function cut(message: string): string {
  return message.length > LONGEST_MESSAGE ? `${message.slice(0, LONGEST_MESSAGE)}…` : message;
}
