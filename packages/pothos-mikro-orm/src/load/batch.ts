interface Batch<Item, Found> {
  readonly keys: readonly unknown[];
  readonly items: Item[];
  readonly found: Promise<Found>;
}

/** Puts together what is asked for in the same tick. */
export class Batches<Item, Found> {
  readonly #open = new WeakMap<object, Batch<Item, Found>[]>();

  /**
   * Adds an item to the open batch of these keys and gives what `run` finds for the whole of it.
   *
   * @param scope the request's context: nothing is shared beyond it
   * @param keys what the items of a batch have in common
   */
  add(
    scope: object,
    keys: readonly unknown[],
    item: Item,
    run: (items: readonly Item[]) => Promise<Found>,
  ): Promise<Found> {
    const open = this.#open.get(scope) ?? [];
    this.#open.set(scope, open);
    const known = open.find((batch) => batch.keys.every((key, i) => key === keys[i]));
    if (known) {
      known.items.push(item);
      return known.found;
    }
    const items = [item];
    const found = afterThisTick().then(() => {
      open.splice(open.indexOf(batch), 1);
      return run(items);
    });
    const batch = { keys, items, found };
    open.push(batch);
    return found;
  }
}

/** When every promise that is settled by now has had its turn: the executor resolves lists item by item. */
const afterThisTick = (): Promise<void> =>
  Promise.resolve().then(() => new Promise((resolve) => void process.nextTick(resolve)));
