/** How many tenants that the backend did not know are worth a first look. */
const FEW_TENANTS = 16;

/** How many transactions are worth a look when no tenant was new: known ones bring new statements too. */
const MANY_TRANSACTIONS = 1_000;

/** Between two looks there is this many times as long as the last one took: they take a fiftieth of a backend's time. */
const PAUSE = 50;

/** By how much the ceiling is above the limit. */
const CEILING = 2;

/** Whether a backend may stay: `heavy` goes when there is time for it, `too heavy` at once. */
export type Weight = 'light' | 'heavy' | 'too heavy';

/**
 * What PostgreSQL's process behind a connection keeps: of each tenant that it served, catalog entries, plans and compiled
 * triggers, which it never gives back. How much that is must be asked of it, and asking is not cheap: a look costs more
 * the more there is to see. So it is looked at when, by what the tenants before have cost, it is half-way from where it
 * was to its limit.
 */
export class Backend {
  readonly #limit: number;
  readonly #tenants = new Set<string>();
  #bytes = 0;
  /** Bytes that a tenant costs, by the last look; before the first it could be anything. */
  #growth = Number.POSITIVE_INFINITY;
  #newTenants = 0;
  #transactions = 0;
  #notBefore = 0;

  /** @param limit bytes; with 0 it is never looked at */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Bytes, by the last look; 0 before the first. */
  get bytes(): number {
    return this.#bytes;
  }

  get weight(): Weight {
    if (this.#limit === 0 || this.#bytes <= this.#limit) return 'light';
    return this.#bytes <= CEILING * this.#limit ? 'heavy' : 'too heavy';
  }

  knows(tenant: string): boolean {
    return this.#tenants.has(tenant);
  }

  /** Notes a transaction. Returns whether the backend knew its tenant. */
  serve(tenant: string): boolean {
    this.#transactions++;
    if (this.#tenants.has(tenant)) return true;
    this.#tenants.add(tenant);
    this.#newTenants++;
    return false;
  }

  /** Whether it is time for a look. @param now milliseconds */
  isDue(now: number): boolean {
    if (this.#limit === 0 || now < this.#notBefore) return false;
    if (this.#transactions >= MANY_TRANSACTIONS) return true;
    const left = Math.max(0, this.#limit - this.#bytes);
    return this.#newTenants >= FEW_TENANTS && this.#newTenants * this.#growth >= left / 2;
  }

  /**
   * Notes what a look has shown.
   *
   * @param now milliseconds
   * @param duration milliseconds that the look took
   */
  looked(bytes: number, now: number, duration: number): void {
    if (this.#newTenants > 0) this.#growth = Math.max(0, bytes - this.#bytes) / this.#newTenants;
    this.#bytes = bytes;
    this.#newTenants = 0;
    this.#transactions = 0;
    this.#notBefore = now + PAUSE * duration;
  }
}
