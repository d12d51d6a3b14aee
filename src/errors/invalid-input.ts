import type { Problem } from './define.ts';
import { problems } from './problems.ts';

/** One fault of an input, and where it is: `['input', 'lines', 0, 'quantity']`. */
export interface InputIssue {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** How many faults are told; more of them help nobody. */
export const MAX_ISSUES = 50;
/** Input comes from outside and may be long; what is said about it is not. */
const LONGEST_MESSAGE = 300;
const LONGEST_KEY = 100;

/** The faults of an input, up to fifty, as one problem; its message tells the first, `extensions.issues` all of them. */
export function invalidInput(issues: readonly InputIssue[]): Problem {
  const short = issues.slice(0, MAX_ISSUES).map(({ path, message }) => ({
    path: path.map((key) => (typeof key === 'string' ? cut(key, LONGEST_KEY) : key)),
    message: cut(message, LONGEST_MESSAGE),
  }));
  const [first] = short;
  const more = short.length > 1 ? ` (and ${short.length - 1} more)` : '';
  const message = first ? `${first.path.join('.')}: ${first.message}${more}` : 'The input is invalid.';
  return problems.BAD_USER_INPUT(message, { extensions: { issues: short } });
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}
