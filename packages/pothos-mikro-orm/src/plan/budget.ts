interface Kept {
  readonly size: number;
  readonly forget: () => void;
}

/**
 * A bound over things that are kept in many places: by their number and by their size. What was used least recently goes
 * first. The budget itself holds none of them, so what goes with its document goes.
 */
export class Budget {
  readonly #kept = new Map<object, Kept>();
  readonly #most: { readonly count: number; readonly size: number };
  #size = 0;

  /** @param most of each; a thing larger than a sixteenth of the whole size is not kept at all */
  constructor(most: { readonly count: number; readonly size: number }) {
    this.#most = most;
  }

  /** How many things are kept. */
  get count(): number {
    return this.#kept.size;
  }

  /** Their size together. */
  get size(): number {
    return this.#size;
  }

  /** Whether a thing of this size is worth its place. */
  admits(size: number): boolean {
    return size <= this.#most.size / 16;
  }

  /**
   * @param ticket stands for the thing
   * @param forget takes the thing away from where it is kept; must not hold it
   */
  keep(ticket: object, size: number, forget: () => void): void {
    this.#kept.set(ticket, { size, forget });
    this.#size += size;
    for (const [oldest, kept] of this.#kept) {
      if (this.#kept.size <= this.#most.count && this.#size <= this.#most.size) break;
      this.drop(oldest);
      kept.forget();
    }
  }

  /** The thing is no longer kept. */
  drop(ticket: object): void {
    this.#size -= this.#kept.get(ticket)?.size ?? 0;
    this.#kept.delete(ticket);
  }

  /** The thing was used now. */
  use(ticket: object): void {
    const kept = this.#kept.get(ticket);
    if (!kept) return;
    this.#kept.delete(ticket);
    this.#kept.set(ticket, kept);
  }
}
