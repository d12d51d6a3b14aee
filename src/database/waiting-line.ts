export interface WaitOptions {
  /** Milliseconds. */
  readonly timeout: number;
  /** What a waiter is refused with after that time. */
  readonly onTimeout: () => unknown;
  readonly signal?: AbortSignal | undefined;
}

interface Waiter<T> {
  readonly tenant: string;
  resolve(value: T): void;
  reject(reason: unknown): void;
}

/** Tenants that wait for something scarce, first come first served. */
export class WaitingLine<T> {
  readonly #waiters = new Set<Waiter<T>>();
  readonly #heldBack: (tenant: string) => boolean;

  /** @param heldBack whether a tenant must wait although there is something to give; others pass it */
  constructor(heldBack: (tenant: string) => boolean) {
    this.#heldBack = heldBack;
  }

  get length(): number {
    return this.#waiters.size;
  }

  /** For whom the first `count` wait who may be served, in their order. */
  first(count: number): string[] {
    const tenants: string[] = [];
    for (const { tenant } of this.#waiters) {
      if (tenants.length >= count) break;
      if (!this.#heldBack(tenant)) tenants.push(tenant);
    }
    return tenants;
  }

  /**
   * Waits at the end of the line.
   *
   * @throws what `onTimeout` makes | the signal's reason | what `rejectFirst` or `rejectAll` was given
   */
  join(tenant: string, { timeout, onTimeout, signal }: WaitOptions): Promise<T> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        clearTimeout(late);
        signal?.removeEventListener('abort', aborted);
        this.#waiters.delete(waiter);
      };
      const waiter: Waiter<T> = {
        tenant,
        resolve: (value) => {
          leave();
          resolve(value);
        },
        reject: (reason) => {
          leave();
          reject(reason);
        },
      };
      const aborted = (): void => waiter.reject(signal?.reason);
      const late = setTimeout(() => waiter.reject(onTimeout()), timeout);
      signal?.addEventListener('abort', aborted, { once: true });
      this.#waiters.add(waiter);
    });
  }

  /** Serves from the front, past those who are held back, for as long as there is something to give. */
  serve(take: (tenant: string) => T | undefined): void {
    for (const waiter of this.#waiters) {
      if (this.#heldBack(waiter.tenant)) continue;
      const value = take(waiter.tenant);
      if (value === undefined) break;
      waiter.resolve(value);
    }
  }

  rejectFirst(reason: unknown): void {
    const [first] = this.#waiters;
    first?.reject(reason);
  }

  rejectAll(reason: () => unknown): void {
    for (const waiter of this.#waiters) waiter.reject(reason());
  }
}
