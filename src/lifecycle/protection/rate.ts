import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { problems } from '../../errors/problems.ts';

const MINUTE = 60;

/**
 * [SM] Counts each tenant's requests in windows of a minute that begin with its first one. Each gateway counts for
 * itself: a common count would cost every request a round trip.
 *
 * @returns a function that counts one more. It rejects with Problem `RATE_LIMITED` above `most`.
 */
export function createRateLimit(): (tenant: string, most: number) => Promise<void> {
  // One for each number that a plan has: a limiter's is fixed.
  const limiters = new Map<number, RateLimiterMemory>();
  return async (tenant, most) => {
    const limiter = limiters.get(most) ?? new RateLimiterMemory({ points: most, duration: MINUTE });
    limiters.set(most, limiter);
    await limiter.consume(tenant).catch((refusal: unknown) => {
      throw refusal instanceof RateLimiterRes ? exceeded(most, refusal.msBeforeNext) : refusal;
    });
  };
}

function exceeded(most: number, wait: number) {
  const seconds = Math.max(1, Math.ceil(wait / 1000));
  return problems.RATE_LIMITED(`This tenant may send ${most} requests a minute; try again in ${seconds} s.`, {
    headers: { 'retry-after': String(seconds) },
  });
}
