export interface GenerationOptions {
  /** Milliseconds after which what was last confirmed is no longer trusted. */
  readonly overdue: number;
  /** Milliseconds on a clock that never goes back. @default performance.now */
  readonly now?: () => number;
}

/**
 * What this process knows of the catalog's generation: the number that every change to the catalog raises in its own
 * transaction. Whatever was read at the same generation is as true as if it were read now.
 *
 * Three sources tell it: the heartbeat, notifications, and every read of the catalog, which brings the generation of
 * its own snapshot along.
 */
export class Generation {
  readonly #overdue: number;
  readonly #now: () => number;
  #known: bigint | undefined;
  #learntAt = Number.NEGATIVE_INFINITY;
  #confirmedAt = Number.NEGATIVE_INFINITY;
  #epoch = 0;

  constructor({ overdue, now = () => performance.now() }: GenerationOptions) {
    this.#overdue = overdue;
    this.#now = now;
  }

  /** -1 before the first answer of the database. */
  get known(): bigint {
    return this.#known ?? -1n;
  }

  /** Differs after every change of the generation: what was kept under another epoch is no longer true. */
  get epoch(): number {
    return this.#epoch;
  }

  /** True when the database did not confirm the generation lately: nothing that was kept may be used. */
  get isOverdue(): boolean {
    return this.#now() - this.#confirmedAt > this.#overdue;
  }

  now(): number {
    return this.#now();
  }

  /**
   * Takes in what a read of the database found.
   *
   * @param askedAt when the read was sent: the answer says nothing of a later moment.
   * @returns whether the read is up to date with all that is known; if not, it is to be repeated.
   */
  observe(generation: bigint, askedAt: number): boolean {
    if (this.#known === undefined ? askedAt >= this.#learntAt : generation > this.#known)
      this.#learn(generation);
    // Lower, although asked after the higher one was known: the database went back (a restore, a failover).
    else if (this.#known !== undefined && generation < this.#known && askedAt > this.#learntAt)
      this.#learn(generation);
    if (generation !== this.#known) return false;
    this.#confirmedAt = Math.max(this.#confirmedAt, askedAt);
    return true;
  }

  /** Takes in a notification. It may be late, so it can raise the generation but confirms nothing. */
  hear(generation: bigint): void {
    if (this.#known === undefined || generation > this.#known) this.#learn(generation);
  }

  /** After a gap in which anything may have happened: all that is kept is dropped, and reads under way are repeated. */
  forget(): void {
    this.#known = undefined;
    this.#learntAt = this.#now();
    this.#confirmedAt = Number.NEGATIVE_INFINITY;
    this.#epoch++;
  }

  #learn(generation: bigint): void {
    this.#known = generation;
    this.#learntAt = this.#now();
    this.#epoch++;
  }
}
