import { LRUCache } from 'lru-cache';
import type { VerifiedToken } from './authenticator.ts';

interface Entry {
  readonly token: VerifiedToken;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/** A typical token's length in characters, to bound what the cache holds by its size too. */
const TYPICAL_LENGTH = 2_048;

export interface TokenCacheOptions {
  /** Tokens at the most. */
  readonly limit: number;
  /** Milliseconds after which a token is verified again, so that a withdrawn key is felt. */
  readonly maxAge: number;
}

/** Tokens that were verified, by the whole of their text: one character more or less is another token. */
export class TokenCache {
  readonly #entries: LRUCache<string, Entry>;
  readonly #maxAge: number;

  constructor({ limit, maxAge }: TokenCacheOptions) {
    this.#maxAge = maxAge;
    this.#entries = new LRUCache({
      max: limit,
      maxSize: limit * TYPICAL_LENGTH,
      sizeCalculation: (_entry, text) => text.length,
    });
  }

  /** @param now milliseconds since the epoch. */
  get(text: string, now: number): VerifiedToken | undefined {
    const entry = this.#entries.get(text);
    return entry && now < entry.until ? entry.token : undefined;
  }

  set(text: string, token: VerifiedToken, now: number): void {
    this.#entries.set(text, { token, until: Math.min(token.expiresAt, now + this.#maxAge) });
  }
}
