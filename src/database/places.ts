import { homeOf } from './affinity.ts';
import type { Backend } from './backend.ts';
import type { PostgresConnection } from './wire/connection.ts';

/** A connection and its place in the pool. */
export interface Slot {
  readonly connection: PostgresConnection;
  /** Its number among all places, by which a tenant finds its home. */
  readonly place: number;
  readonly backend: Backend;
  /** Which of the pool's calls to forget plans it has heeded. */
  generation: number;
  /** When it was last taken, as `performance.now()` tells it. */
  takenAt: number;
  expiry?: NodeJS.Timeout;
}

/** A pool's places for connections: a fixed number, each taken by a connection that is being opened, idle, busy or being closed. */
export class Places {
  readonly idle = new Map<number, Slot>();
  readonly busy = new Map<PostgresConnection, Slot>();
  readonly opening = new Set<number>();
  readonly closing = new Map<number, Promise<void>>();
  readonly #count: number;

  constructor(count: number) {
    this.#count = count;
  }

  get taken(): number {
    return this.idle.size + this.busy.size + this.opening.size + this.closing.size;
  }

  get free(): number {
    return this.#count - this.taken;
  }

  /** Every connection that serves. */
  slots(): Slot[] {
    return [...this.idle.values(), ...this.busy.values()];
  }

  /** The idle connection that a tenant goes to. */
  idleFor(tenant: string): Slot | undefined {
    return this.#best(tenant)?.slot;
  }

  /** How far the best of the idle connections is from suiting a tenant; 0 when it does. */
  distanceFor(tenant: string): number {
    return this.#best(tenant)?.distance ?? Number.POSITIVE_INFINITY;
  }

  /** One whose backend knows the tenant is better than all others; of either, the one nearest to its home. */
  #best(tenant: string): { slot: Slot; distance: number } | undefined {
    const home = homeOf(tenant, this.#count);
    let best: { slot: Slot; distance: number } | undefined;
    for (const slot of this.idle.values()) {
      const fromHome = (slot.place - home + this.#count) % this.#count;
      const distance = slot.backend.knows(tenant) ? fromHome : this.#count + fromHome;
      if (!best || distance < best.distance) best = { slot, distance };
    }
    return best;
  }

  /** Whether every backend that knows a tenant is at work for somebody. */
  isBusyElsewhere(tenant: string): boolean {
    let busy = false;
    for (const { backend } of this.busy.values()) busy ||= backend.knows(tenant);
    if (!busy) return false;
    for (const { backend } of this.idle.values()) if (backend.knows(tenant)) return false;
    return true;
  }

  /** The place for a new connection that a tenant is the first to want. */
  freeFor(tenant: string): number | undefined {
    const home = homeOf(tenant, this.#count);
    for (let distance = 0; distance < this.#count; distance++) {
      const place = (home + distance) % this.#count;
      if (this.isFree(place)) return place;
    }
    return undefined;
  }

  isFree(place: number): boolean {
    if (this.opening.has(place) || this.closing.has(place)) return false;
    return !this.slots().some((slot) => slot.place === place);
  }
}
