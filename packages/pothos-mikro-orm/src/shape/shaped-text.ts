/** A field's value as the text of its JSON. Whoever writes the reply puts it there as it is. */
export class ShapedText {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/**
 * Stands in the text for what SQL could not write: a null where there must be none, a value that its scalar would
 * refuse. JSON has no such character: it escapes it.
 */
export const unwritable = '\u0001';

const veiled = new WeakMap<object, string>();

/**
 * What a resolver gets for its rows when they are read as text. It may hand it on; looking into it is noticed.
 *
 * @param onLook called when it is looked into: what the resolver then does is worth nothing
 */
export function veil(text: string, many: boolean, onLook: () => void): object {
  const look = (): never => {
    onLook();
    throw new Error('These rows were read as text.');
  };
  const value: object = new Proxy(many ? [] : {}, {
    // A promise asks this of whatever it is resolved with.
    get: (_target, name) => (name === 'then' ? undefined : look()),
    has: look,
    ownKeys: look,
    getOwnPropertyDescriptor: look,
    getPrototypeOf: look,
    set: look,
    defineProperty: look,
    deleteProperty: look,
  });
  veiled.set(value, text);
  return value;
}

/** The text behind what a resolver gave; undefined when it is something else. */
export const unveil = (value: unknown): string | undefined =>
  typeof value === 'object' && value !== null ? veiled.get(value) : undefined;
