import { LRUCache } from 'lru-cache';
import type { Generation } from './generation.ts';

/** One answer of the database, with the generation of the snapshot in which it was true. */
export interface Reading<Value> {
  readonly generation: bigint;
  /** Undefined when there is no such thing. */
  readonly value: Value | undefined;
}

interface Pending<Value> {
  readonly askedAt: number;
  readonly value: Promise<Value | undefined>;
}

export interface GenerationCacheOptions {
  readonly generation: Generation;
  /** Answers that are kept at the most. */
  readonly limit: number;
  /** Milliseconds for which a read under way may be joined by others. */
  readonly joinable: number;
}

/** A read that is overtaken again and again is still no older than its caller's question. */
const MAX_ATTEMPTS = 5;
/** "There is no such thing" is kept apart, so that guessing names can't push out what is in use. */
const MISSES = 1_000;

/**
 * Keeps answers for as long as the catalog's generation stays the same and is confirmed. Simultaneous questions share
 * one read; a read that a change overtook is repeated, never kept.
 */
export class GenerationCache<Value extends object> {
  readonly #generation: Generation;
  readonly #joinable: number;
  readonly #found: LRUCache<string, Value>;
  readonly #missing = new LRUCache<string, true>({ max: MISSES });
  readonly #pending = new Map<string, Pending<Value>>();
  #epoch = -1;

  constructor({ generation, limit, joinable }: GenerationCacheOptions) {
    this.#generation = generation;
    this.#joinable = joinable;
    this.#found = new LRUCache({ max: limit });
  }

  /** @param read asks the database; called again when a change overtakes it. */
  get(key: string, read: () => Promise<Reading<Value>>): Promise<Value | undefined> {
    this.#dropOlderEpochs();
    if (!this.#generation.isOverdue) {
      const found = this.#found.get(key);
      if (found) return Promise.resolve(found);
      if (this.#missing.has(key)) return Promise.resolve(undefined);
    }
    const pending = this.#pending.get(key);
    // One that hangs has perhaps seen its snapshot long ago.
    if (pending && this.#generation.now() - pending.askedAt <= this.#joinable) return pending.value;
    return this.#start(key, read);
  }

  #start(key: string, read: () => Promise<Reading<Value>>): Promise<Value | undefined> {
    const pending: Pending<Value> = {
      askedAt: this.#generation.now(),
      value: this.#load(key, read).finally(() => {
        if (this.#pending.get(key) === pending) this.#pending.delete(key);
      }),
    };
    this.#pending.set(key, pending);
    return pending.value;
  }

  async #load(key: string, read: () => Promise<Reading<Value>>): Promise<Value | undefined> {
    for (let attempt = 1; ; attempt++) {
      const askedAt = this.#generation.now();
      const { generation, value } = await read();
      if (this.#generation.observe(generation, askedAt)) {
        this.#dropOlderEpochs();
        if (value) this.#found.set(key, value);
        else this.#missing.set(key, true);
        return value;
      }
      if (attempt === MAX_ATTEMPTS) return value;
    }
  }

  #dropOlderEpochs(): void {
    const { epoch } = this.#generation;
    if (epoch === this.#epoch) return;
    this.#epoch = epoch;
    this.#found.clear();
    this.#missing.clear();
    // Whoever asks from now on must not get an answer from before.
    this.#pending.clear();
  }
}
