import type { Problem } from '../errors/define.ts';
import { problems } from '../errors/problems.ts';

/** A caller who was refused may ask again after a second. */
const SOON = { headers: { 'retry-after': '1' } };

/** No connection became free in time. */
export function databaseBusy(cause?: unknown): Problem {
  return problems.DATABASE_BUSY('No database connection is free; ask again.', { ...SOON, cause });
}

/** The server can't be reached, or does not answer. */
export function databaseUnreachable(cause: unknown): Problem {
  return problems.DATABASE_UNAVAILABLE('The database can not be reached; ask again.', { ...SOON, cause });
}

/** The connection ended while it was needed. */
export function connectionLost(cause: unknown): Problem {
  return problems.DATABASE_UNAVAILABLE('The connection to the database was lost; ask again.', {
    ...SOON,
    cause,
  });
}

/** The process is about to end: nobody should ask it again. */
export function databaseLeft(): Problem {
  return problems.DATABASE_UNAVAILABLE('The database is being left.');
}
