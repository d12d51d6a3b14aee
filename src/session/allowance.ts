import { LRUCache } from 'lru-cache';

/** How many keys are remembered; one that was forgotten begins anew with a full bucket. */
const MOST_KEYS = 10_000;

/** For each key, so many times a minute: a bucket that is full at first and refills steadily. */
export function createAllowance(perMinute: number, now: () => number = () => performance.now()) {
  const buckets = new LRUCache<string, { left: number; at: number }>({ max: MOST_KEYS });
  return {
    /** Whether there is one left for the key, which is then taken. */
    take(key: string): boolean {
      const bucket = buckets.get(key) ?? { left: perMinute, at: now() };
      buckets.set(key, bucket);
      bucket.left = Math.min(perMinute, bucket.left + ((now() - bucket.at) / 60_000) * perMinute);
      bucket.at = now();
      if (bucket.left < 1) return false;
      bucket.left -= 1;
      return true;
    },
  };
}
