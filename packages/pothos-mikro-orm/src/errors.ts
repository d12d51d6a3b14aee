import { GraphQLError } from 'graphql';

const problem = (code: string, status: number) => (message: string) =>
  new GraphQLError(message, { extensions: { code, http: { status } } });

/**
 * An argument that no client of ours would send: a forged cursor, a page that is too large. Status 400.
 *
 * A client sees `{ "message": …, "extensions": { "code": "BAD_USER_INPUT" } }`; `extensions.http.status` is for the
 * server (Yoga takes it).
 */
export const badUserInput = problem('BAD_USER_INPUT', 400);

/** A field that the caller may not see (`mikroOrm.allowed`) was resolved. Status 403. */
export const forbidden = problem('FORBIDDEN', 403);

/** The one row that a field must show does not exist, or is hidden from the caller; which of the two stays untold. Status 404. */
export const notFound = problem('NOT_FOUND', 404);
