/**
 * For how many times as long as connections are held, on average, a tenant waits for a backend that knows it and is busy,
 * before it takes one that does not: that one would need about as long to learn of the tenant, and would keep what it
 * learnt. Known as delay scheduling (Zaharia 2010).
 */
const PATIENCE = 2;

/** Milliseconds that it waits at the most. */
const MOST_PATIENCE = 100;

/** Milliseconds that a connection is held, to begin with, and how many times make the average. */
const FIRST_HOLD = 2;
const HOLDS = 64;

/** How long it is worth to wait for a backend that knows a tenant. */
export class Loyalty {
  #hold = FIRST_HOLD;

  /** Milliseconds. */
  get patience(): number {
    return Math.min(PATIENCE * this.#hold, MOST_PATIENCE);
  }

  /** Notes for how long a connection was held. @param milliseconds */
  note(milliseconds: number): void {
    this.#hold += (milliseconds - this.#hold) / HOLDS;
  }
}
