/** The middle of the values, or of the two in the middle; NaN when there are none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.length >> 1;
  const high = sorted[middle] ?? Number.NaN;
  const low = sorted.length % 2 === 0 ? (sorted[middle - 1] ?? Number.NaN) : high;
  return (low + high) / 2;
}

/** Median and, in brackets, the smallest and the largest. */
export function withSpread(values: readonly number[]): string {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return `${median(values).toFixed(2)} [${least.toFixed(2)}–${most.toFixed(2)}]`;
}
