export interface WaitOptions {
  /** Milliseconds. */
  readonly timeout: number;
  /** What a waiter is refused with after that time. */
  readonly onTimeout: () => unknown;
  readonly signal?: AbortSignal | undefined;
}

interface Waiter<T> {
  readonly tenant: string;
  /** Milliseconds, as `performance.now()` tells them. */
  readonly since: number;
  resolve(value: T): void;
  reject(reason: unknown): void;
}

/**
 * Tenants that wait for something scarce. They are served in turns, one waiter each, so that a tenant with a thousand
 * waiters delays another's only one by one turn; a tenant's own are served first come first served.
 */
export class WaitingLine<T> {
  /** In the order of their turns. */
  readonly #tenants = new Map<string, Set<Waiter<T>>>();
  readonly #heldBack: (tenant: string, since: number) => boolean;
  readonly #window: number;
  #length = 0;
  /** Whose turn it is, and how often others were served before. */
  #front: string | undefined;
  #passed = 0;

  /**
   * @param heldBack whether a tenant must wait although there is something to give; others pass it. Is told since when its
   * first waiter waits
   * @param window how many tenants are looked at for the one that what there is suits best, and how often the one in front
   * may be passed for that
   */
  constructor(heldBack: (tenant: string, since: number) => boolean, window: number) {
    this.#heldBack = heldBack;
    this.#window = window;
  }

  get length(): number {
    return this.#length;
  }

  /** For whom the first `count` wait who may be served, in the order of their turns. */
  first(count: number): string[] {
    const tenants: string[] = [];
    const inTurn = [...this.#tenants].filter(
      ([tenant, [waiter]]) => waiter && !this.#heldBack(tenant, waiter.since),
    );
    for (let turn = 1; tenants.length < count; turn++) {
      const still = inTurn.filter(([, waiters]) => waiters.size >= turn);
      if (still.length === 0) break;
      for (const [tenant] of still) tenants.push(tenant);
    }
    return tenants.slice(0, count);
  }

  /**
   * Waits for the tenant's turn, behind the tenant's others.
   *
   * @throws what `onTimeout` makes | the signal's reason | what `rejectFirst` or `rejectAll` was given
   */
  join(tenant: string, { timeout, onTimeout, signal }: WaitOptions): Promise<T> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        clearTimeout(late);
        signal?.removeEventListener('abort', aborted);
        this.#remove(waiter);
      };
      const waiter: Waiter<T> = {
        tenant,
        since: performance.now(),
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
      this.#add(waiter);
    });
  }

  /**
   * Serves whose turn it is, past those who are held back, for as long as there is something to give.
   *
   * @param distance how far what there is is from what suits a tenant; one whom it suits better may come a little before
   * its turn
   */
  serve(take: (tenant: string) => T | undefined, distance: (tenant: string) => number): void {
    for (;;) {
      const waiter = this.#next(distance);
      const value = waiter && take(waiter.tenant);
      if (!waiter || value === undefined) return;
      this.#takeTurn(waiter.tenant);
      waiter.resolve(value);
    }
  }

  rejectFirst(reason: unknown): void {
    const [first] = this.#tenants.values();
    const [waiter] = first ?? [];
    waiter?.reject(reason);
  }

  rejectAll(reason: () => unknown): void {
    for (const waiters of this.#tenants.values()) for (const waiter of waiters) waiter.reject(reason());
  }

  #next(distance: (tenant: string) => number): Waiter<T> | undefined {
    let next: Waiter<T> | undefined;
    let nearest = Number.POSITIVE_INFINITY;
    let seen = 0;
    for (const [tenant, [waiter]] of this.#tenants) {
      if (!waiter || this.#heldBack(tenant, waiter.since)) continue;
      if (!next) this.#noteFront(tenant);
      const far = distance(tenant);
      if (!next || far < nearest) {
        next = waiter;
        nearest = far;
      }
      if (nearest === 0 || ++seen >= this.#window || this.#passed >= this.#window) break;
    }
    return next;
  }

  #noteFront(tenant: string): void {
    if (tenant === this.#front) return;
    this.#front = tenant;
    this.#passed = 0;
  }

  /** The tenant's next turn comes after everybody else's. */
  #takeTurn(tenant: string): void {
    if (tenant === this.#front) this.#front = undefined;
    else this.#passed++;
    const waiters = this.#tenants.get(tenant);
    if (!waiters) return;
    this.#tenants.delete(tenant);
    this.#tenants.set(tenant, waiters);
  }

  #add(waiter: Waiter<T>): void {
    const waiters = this.#tenants.get(waiter.tenant);
    if (waiters) waiters.add(waiter);
    else this.#tenants.set(waiter.tenant, new Set([waiter]));
    this.#length++;
  }

  #remove(waiter: Waiter<T>): void {
    const waiters = this.#tenants.get(waiter.tenant);
    if (!waiters?.delete(waiter)) return;
    this.#length--;
    if (waiters.size === 0) this.#tenants.delete(waiter.tenant);
  }
}
