import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds for which an operation that cost its connection counts after its end. */
const REST = 250;

/**
 * Operations that were broken off, counted for each tenant until their connections are free again. A tenant that has
 * too many of them waits: otherwise clients that start something and go away, again and again, would take every
 * connection of the others, and have the server open new ones without a pause.
 */
export class AbandonedWork {
  readonly #limit: number;
  readonly #perTenant = new Map<string, number>();
  readonly #underWay = new Set<Promise<boolean>>();

  /** @param limit how many a tenant may have before it waits */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Whether a tenant must wait before it starts anything new. */
  holdsBack(tenant: string): boolean {
    return (this.#perTenant.get(tenant) ?? 0) >= this.#limit;
  }

  /**
   * Counts an operation of a tenant's. Resolves when it counts no more.
   *
   * @param ending whether its connection was kept
   */
  async count(tenant: string, ending: Promise<boolean>): Promise<void> {
    this.#change(tenant, 1);
    this.#underWay.add(ending);
    const kept = await ending;
    this.#underWay.delete(ending);
    if (!kept) await sleep(REST, undefined, { ref: false });
    this.#change(tenant, -1);
  }

  /** Resolves when what is under way now has ended. */
  async ended(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  #change(tenant: string, by: number): void {
    const count = (this.#perTenant.get(tenant) ?? 0) + by;
    if (count > 0) this.#perTenant.set(tenant, count);
    else this.#perTenant.delete(tenant);
  }
}
