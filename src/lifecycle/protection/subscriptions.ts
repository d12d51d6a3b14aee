import type { Principal } from '../../authorization/principal.ts';
import { problems } from '../../errors/problems.ts';
import type { TenantLimits } from '../../tenancy/limits.ts';
import { createPlaces } from './places.ts';

/** How many subscriptions may be open at one gateway at the same time. */
export interface SubscriptionLimits {
  readonly subscriptionsPerCaller: number;
  readonly subscriptionsPerTenant: number;
}

/**
 * [SM] Bounds the open subscriptions of each caller and each tenant: every one of them holds a connection and memory for
 * as long as its client likes.
 *
 * @returns a function that counts one more, until what it returns is disposed of. It throws Problem
 * `TOO_MANY_SUBSCRIPTIONS`.
 */
export function limitSubscriptions(
  limits: SubscriptionLimits,
): (principal: Principal, own: TenantLimits) => Disposable {
  const places = createPlaces();
  return ({ tenant, subject }, { subscriptions = limits.subscriptionsPerTenant }) => {
    const caller = `${tenant} ${subject}`;
    if (places.taken(caller) >= limits.subscriptionsPerCaller)
      throw tooMany('You have', limits.subscriptionsPerCaller);
    if (places.taken(tenant) >= subscriptions) throw tooMany('This tenant has', subscriptions);
    const both = new DisposableStack();
    for (const key of [caller, tenant]) both.use(places.take(key));
    return both;
  };
}

function tooMany(who: string, limit: number) {
  const message = `${who} ${limit} subscriptions open, as many as are allowed; end one first.`;
  return problems.TOO_MANY_SUBSCRIPTIONS(message, { headers: { 'retry-after': '5' } });
}
