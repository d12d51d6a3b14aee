/** Numbers that look random and are the same for the same seed (mulberry32), so that demo data never changes. */
export interface DemoRandom {
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number;
  /** One of them. @throws RangeError when there are none. */
  pick<Item>(items: readonly Item[]): Item;
}

/** @param seed any text; another text gives other numbers. */
export function demoRandom(seed: string): DemoRandom {
  let state = [...seed].reduce((hash, char) => Math.imul(hash ^ char.charCodeAt(0), 0x01000193), 0x811c9dc5);
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    between: (low, high) => low + Math.floor(next() * (high - low + 1)),
    pick: (items) => {
      const item = items[Math.floor(next() * items.length)];
      if (item === undefined) throw new RangeError('There is nothing to pick from.');
      return item;
    },
  };
}
