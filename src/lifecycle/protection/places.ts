/** How many places are taken, by whom. */
export interface Places {
  taken(key: string): number;
  /** Takes a place until what it returns is disposed of, once or more often. */
  take(key: string): Disposable;
}

/** Counts places for each key; a key that has none takes no memory. */
export function createPlaces(): Places {
  const counts = new Map<string, number>();
  const change = (key: string, by: number) => {
    const count = (counts.get(key) ?? 0) + by;
    if (count > 0) counts.set(key, count);
    else counts.delete(key);
  };
  return {
    taken: (key) => counts.get(key) ?? 0,
    take(key) {
      change(key, 1);
      let open = true;
      return {
        [Symbol.dispose]() {
          if (!open) return;
          open = false;
          change(key, -1);
        },
      };
    },
  };
}
