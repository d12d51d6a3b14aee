import { type EntityProperty, Utils } from '@mikro-orm/core';

/** Whether a column's values mean nothing to SQL: its custom type says so with a member `incomparable: true`. */
export function isIncomparable({ customType }: EntityProperty): boolean {
  return customType !== undefined && 'incomparable' in customType && customType.incomparable === true;
}

/** Whether a condition asks whether there is a value, and not which. */
export function asksForNull(condition: unknown): boolean {
  if (condition === null || condition === undefined) return true;
  if (!Utils.isPlainObject(condition)) return false;
  return Object.entries(condition).every(
    ([operator, operand]) => ['$eq', '$ne', '$not'].includes(operator) && asksForNull(operand),
  );
}
