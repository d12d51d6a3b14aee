import type { OrderTerm } from '../criteria/order.ts';
import { badUserInput } from '../errors.ts';
import { isInput } from '../sql/input.ts';

/** Text of the order columns as PostgreSQL writes it: a JavaScript date would lose the microseconds, and skip rows. */
export type CursorValues = readonly (string | null)[];

/** An opaque string: base64url of the values. */
export const encodeCursor = (values: CursorValues): string =>
  Buffer.from(JSON.stringify(values)).toString('base64url');

/**
 * Reads a cursor that `encodeCursor` made for the same order. Whatever else it holds: its values are bound as
 * parameters and compared with the order columns of visible rows, nothing more.
 *
 * @throws GraphQLError BAD_USER_INPUT when it is malformed, of another order, or holds what its columns never do
 */
export function decodeCursor(cursor: string, order: readonly OrderTerm[]): CursorValues {
  const values = parsed(cursor);
  const fits =
    values?.length === order.length &&
    values.every((value, i) => {
      const term = order[i];
      return value === null ? term?.nullable === true : isInput(term?.type, value);
    });
  if (!values || !fits) throw badUserInput('The cursor is not one of this connection.');
  return values;
}

function parsed(cursor: string): CursorValues | undefined {
  try {
    const values: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    const texts =
      Array.isArray(values) && values.every((value) => value === null || typeof value === 'string');
    return texts ? (values as CursorValues) : undefined;
  } catch {
    return undefined;
  }
}
