/** Scalars that JSON has no type for, as text: the same for each peer. */
export const scalarNames = ['BigInt', 'DateTime', 'Decimal'] as const;

export const serialize = (value: unknown): string =>
  value instanceof Date ? value.toISOString() : String(value);

/** Their types, for Pothos. */
export type Scalars = {
  BigInt: { Input: bigint; Output: bigint };
  DateTime: { Input: Date; Output: Date };
  Decimal: { Input: string; Output: string };
};
