import { prepareValue } from 'pg/lib/utils.js';

/** A parameter as it goes over the wire: text, bytes or null. */
export type Encoded = string | Buffer | null;

/** The protocol counts parameters in 16 bits. */
export const MAX_PARAMETERS = 65_535;

/**
 * Encodes parameters as `pg` does.
 *
 * @throws RangeError when there are too many
 * @throws TypeError when a value can't be written as JSON
 */
export function encode(values: readonly unknown[]): Encoded[] {
  if (values.length > MAX_PARAMETERS) {
    throw new RangeError(`A statement takes ${MAX_PARAMETERS} parameters at most, not ${values.length}.`);
  }
  return values.map(prepareValue);
}
