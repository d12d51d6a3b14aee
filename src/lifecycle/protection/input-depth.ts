/** JSON as deep as this is no input but an attempt. */
const MAX_DEPTH = 100;

/**
 * [SM] Whether a value is nested deeper than anything that recurses into it could stand. Goes from level to level, so
 * no depth makes it recurse itself.
 */
export function isTooDeep(value: unknown): boolean {
  let level = [value].filter(isObject);
  for (let depth = 0; level.length > 0; depth++) {
    if (depth >= MAX_DEPTH) return true;
    level = level.flatMap((member) => Object.values(member).filter(isObject));
  }
  return false;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
