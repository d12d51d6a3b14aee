/** Parts of `pg` that have no types of their own. */
declare module 'pg/lib/utils.js' {
  /** What `pg` sends for a value: dates with their offset, arrays as array literals, objects as JSON. */
  export function prepareValue(value: unknown): string | Buffer | null;
}
