import { Hole } from '../sql/fragment.ts';

/**
 * What criteria look like without their values. Two of the same `key` have the same SQL: the statement is built once,
 * the values are bound at each call.
 */
export class Shape {
  key = '';
  readonly values: unknown[] = [];
  /** False once a part can't be told by its key (a raw fragment, an entity): such SQL is built anew each time. */
  reusable = true;

  /** Keeps a value out of the key and gives its place. */
  hole(value: unknown): Hole {
    this.values.push(value);
    return new Hole(this.values.length - 1);
  }

  /** Puts a value that decides the SQL itself into the key. */
  constant(value: unknown): void {
    this.key +=
      JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? `${item}n` : item)) ?? '∅';
  }
}
