import { PothosValidationError } from '@pothos/core';
import { type ExecutionResult, GraphQLError } from 'graphql';
import { asProblem, sqlState } from '../database/failures.ts';
import { Problem } from '../errors/define.ts';
import { locate } from '../errors/locate.ts';
import { problems } from '../errors/problems.ts';

/** The innermost error: GraphQL wraps what a resolver throws to say where it happened. */
function originOf(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError ? originOf(error.originalError) : error;
}

/** What the resolvers threw. */
export function faultsOf({ errors = [] }: ExecutionResult): unknown[] {
  return errors.map(originOf);
}

/** Tells the errors of the database and of the schema builder in the API's words, each where it happened. */
export function translateErrors(result: ExecutionResult): ExecutionResult {
  if (!result.errors?.length) return result;
  return { ...result, errors: result.errors.map(translate) };
}

function translate(error: GraphQLError): GraphQLError {
  const origin = originOf(error);
  // PostgreSQL refuses what comes after a statement that failed; that one's error is told, and logged, on its own.
  if (sqlState(origin) === '25P02')
    return locate(problems.INTERNAL('Another field of the operation failed.'), error);
  const problem = asProblem(origin) ?? meantForReaders(origin);
  return problem ? locate(problem, error) : error;
}

/** An error of the read path or of the schema builder that tells the client what it did wrong. */
function meantForReaders(error: unknown): Problem | undefined {
  if (error instanceof Problem || !(error instanceof GraphQLError)) return undefined;
  if (error instanceof PothosValidationError) return problems.BAD_USER_INPUT(error.message);
  const { code } = error.extensions;
  return isCode(code) ? problems[code](error.message) : undefined;
}

function isCode(code: unknown): code is keyof typeof problems {
  return typeof code === 'string' && Object.hasOwn(problems, code);
}

/** The reply of a mutation of which nothing was kept. */
export function failure(error: unknown): ExecutionResult {
  const known = error instanceof GraphQLError ? error : asProblem(error);
  if (known) return { data: null, errors: [known] };
  const cause = error instanceof Error ? error : new Error(String(error));
  // Not a Problem: whoever masks errors sees the original and logs it whole.
  return { data: null, errors: [new GraphQLError('Unexpected error.', { originalError: cause })] };
}
