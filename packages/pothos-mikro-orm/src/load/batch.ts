/** Puts together what is asked for in the same tick. */
export class Batches {
  readonly #open = new WeakMap<object, Map<unknown, Batch<unknown, unknown>>>();

  /**
   * Adds an item to the open batch of `key` and gives what `run` finds for the whole of it.
   *
   * @param scope the request's context: nothing is shared beyond it
   */
  add<Item, Found>(
    scope: object,
    key: unknown,
    item: Item,
    run: (items: readonly Item[]) => Promise<Found>,
  ): Promise<Found> {
    let open = this.#open.get(scope);
    if (!open) {
      open = new Map();
      this.#open.set(scope, open);
    }
    const batch = open.get(key) as Batch<Item, Found> | undefined;
    if (batch) {
      batch.items.push(item);
      return batch.found;
    }
    const items = [item];
    const found = afterThisTick().then(() => {
      this.#open.get(scope)?.delete(key);
      return run(items);
    });
    open.set(key, { items, found });
    return found;
  }
}

interface Batch<Item, Found> {
  readonly items: Item[];
  readonly found: Promise<Found>;
}

/** When every promise that is settled by now has had its turn: the executor resolves lists item by item. */
const afterThisTick = (): Promise<void> =>
  Promise.resolve().then(() => new Promise((resolve) => void process.nextTick(resolve)));
