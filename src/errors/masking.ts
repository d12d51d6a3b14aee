import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { Problem } from './define.ts';
import { problems } from './problems.ts';

/** An error as its reader sees it, and what it means for the reply. */
export interface ShownError {
  readonly code: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly formatted: GraphQLFormattedError;
  /** What was hidden because nobody foresaw it; to be logged whole. */
  readonly unexpected?: unknown;
}

const HIDDEN = problems.INTERNAL(
  'Something went wrong on our side. The log has it under the x-request-id of this reply.',
);

/**
 * Shows what was meant to be seen, and hides the rest: only a Problem, or a GraphQLError that wraps one, keeps its
 * message. Everything else that was thrown is `INTERNAL`.
 */
export function show(error: unknown): ShownError {
  const problem = problemIn(error);
  if (problem) return shown(problem, error);
  return { ...shown(HIDDEN, error), unexpected: originOf(error) };
}

function shown(problem: Problem, error: unknown): ShownError {
  // How the reply is sent is no business of its reader.
  const { http: _, ...extensions } = problem.extensions;
  const { locations, path } = error instanceof GraphQLError ? error : problem;
  return {
    code: problem.code,
    status: problem.status,
    headers: problem.headers,
    formatted: {
      message: problem.message,
      ...(locations && { locations }),
      ...(path && { path }),
      extensions,
    },
  };
}

/** GraphQL wraps what a resolver throws, to say where it happened. */
function problemIn(error: unknown): Problem | undefined {
  if (error instanceof Problem) return error;
  return error instanceof GraphQLError && error.originalError ? problemIn(error.originalError) : undefined;
}

function originOf(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError ? originOf(error.originalError) : error;
}
