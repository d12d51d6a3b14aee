import { createRemoteJWKSet, errors, type JWTVerifyGetKey } from 'jose';
import type { Logger } from '../telemetry/logger.ts';

export interface RemoteKeyTiming {
  /** Milliseconds after which keys are fetched again, while the old ones go on. @default 300000 */
  readonly maxAge?: number;
  /** Milliseconds after a fetch in which an unknown key doesn't cause another one. @default 10000 */
  readonly cooldown?: number;
  /** The same after a fetch that failed. @default 2000 */
  readonly retryAfter?: number;
  /** Milliseconds that the issuer may take to answer. @default 3000 */
  readonly timeout?: number;
}

/**
 * The keys of an issuer, from its JWKS address.
 *
 * A key that is not known yet makes the set be fetched, at most once in `cooldown`: so rotation needs no restart, and
 * tokens with made-up key ids can't hammer the issuer. While the issuer is down the known keys go on; a key that it
 * withdrew is refused from the first fetch that succeeds.
 */
export function remoteKeys(
  options: RemoteKeyTiming & { readonly uri: string; readonly logger: Logger },
): JWTVerifyGetKey {
  const { uri, maxAge = 300_000, cooldown = 10_000, retryAfter = 2_000, timeout = 3_000, logger } = options;
  // When to fetch is decided here: the library's own resolver refuses known keys when a due fetch fails.
  const set = createRemoteJWKSet(new URL(uri), {
    cacheMaxAge: Number.POSITIVE_INFINITY,
    cooldownDuration: Number.POSITIVE_INFINITY,
    timeoutDuration: timeout,
  });
  let fetchedAt: number | undefined;
  let nextFetchAt = Number.NEGATIVE_INFINITY;
  let underWay: Promise<void> | undefined;

  async function fetchKeys(): Promise<void> {
    try {
      await set.reload();
      fetchedAt = performance.now();
      nextFetchAt = fetchedAt + cooldown;
    } catch (error) {
      nextFetchAt = performance.now() + retryAfter;
      logger.warn({ err: error, uri }, "an issuer's keys can't be fetched");
      throw error;
    } finally {
      underWay = undefined;
    }
  }

  /** @returns false when it is too soon to ask again. */
  async function refresh(): Promise<boolean> {
    if (!underWay && performance.now() < nextFetchAt) return false;
    underWay ??= fetchKeys();
    await underWay;
    return true;
  }

  return async (header, token) => {
    if (fetchedAt === undefined && !(await refresh()))
      throw new Error(`The keys at ${uri} are not known yet.`);
    if (fetchedAt !== undefined && performance.now() - fetchedAt > maxAge) refresh().catch(() => undefined);
    try {
      return await set(header, token);
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey && (await refresh())) return set(header, token);
      throw error;
    }
  };
}
