/** Events that wait for one reader, in their order and up to a limit. Reading one waits until there is one. */
export class EventQueue implements AsyncIterableIterator<unknown> {
  readonly #limit: number;
  readonly #events: unknown[] = [];
  #reader: ((result: IteratorResult<unknown, undefined>) => void) | undefined;
  #closed = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** @returns false when there is no room for it. */
  push(event: unknown): boolean {
    if (this.#closed) return true;
    if (this.#reader) {
      this.#reader({ value: event, done: false });
      this.#reader = undefined;
      return true;
    }
    return this.#events.length < this.#limit && this.#events.push(event) > 0;
  }

  /** Ends the iteration at once: what still waits is dropped. */
  close(): void {
    this.#closed = true;
    this.#events.length = 0;
    this.#reader?.({ value: undefined, done: true });
    this.#reader = undefined;
  }

  /** One at a time, as `for await` does it. */
  next(): Promise<IteratorResult<unknown, undefined>> {
    if (this.#events.length > 0) return Promise.resolve({ value: this.#events.shift(), done: false });
    if (this.#closed) return Promise.resolve({ value: undefined, done: true });
    const { promise, resolve } = Promise.withResolvers<IteratorResult<unknown, undefined>>();
    this.#reader = resolve;
    return promise;
  }

  async return(): Promise<IteratorResult<unknown, undefined>> {
    this.close();
    return { value: undefined, done: true };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
