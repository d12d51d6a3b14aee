import type { WrappedKey } from '../../encryption/master-keys.ts';

/** Plan: at most one row of the primary key. */
export const WRAPPED_KEY = 'select master, wrapped from insula.wrapped_key where tenant = $1';

/** The key in the answer to `WRAPPED_KEY`. */
export function wrappedKeyOf(rows: readonly Readonly<Record<string, unknown>>[]): WrappedKey | undefined {
  const [row] = rows;
  return row && Buffer.isBuffer(row.wrapped)
    ? { master: String(row.master), wrapped: row.wrapped }
    : undefined;
}
