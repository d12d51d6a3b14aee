import { GraphQLError } from 'graphql';

const problem = (code: string, status: number) => (message: string) =>
  new GraphQLError(message, { extensions: { code, http: { status } } });

/** An argument that no client of ours would send: a forged cursor, a page that is too large. */
export const badUserInput = problem('BAD_USER_INPUT', 400);

/** A field that the caller may not see was resolved. */
export const forbidden = problem('FORBIDDEN', 403);

/** The one row that a field must show does not exist, or is hidden from the caller. */
export const notFound = problem('NOT_FOUND', 404);
