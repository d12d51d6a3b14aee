import type { ErrorDefinition } from '../../src/errors/define.ts';
import { problems } from '../../src/errors/problems.ts';
import { modules } from '../../src/modules/index.ts';
import { platform } from '../../src/platform/index.ts';

/** A plugin of GraphQL Code Generator: the errors of a reply as types, from the table that docs/errors.md is made of. */
export function plugin(): string {
  const groups = [problems, ...[...platform, ...modules].map(({ errors = {} }) => errors)];
  const errors = new Map(groups.flatMap((group) => Object.entries<ErrorDefinition>(group)));
  const members = [...errors]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, { status, description }]) => `  /** ${status}: ${description} */\n  | '${code}'`);
  return `/** Every \`extensions.code\`, with its status. */
export type ErrorCode =
${members.join('\n')};

/** An error of a reply. */
export interface ReplyError {
  readonly message: string;
  /** The field that failed, by its name or alias in the operation. */
  readonly path?: readonly (string | number)[];
  readonly extensions: {
    readonly code: ErrorCode;
    /** For BAD_USER_INPUT: each fault of the input, with its place. */
    readonly issues?: readonly { readonly path: readonly (string | number)[]; readonly message: string }[];
  };
}
`;
}
