import type { Principal } from '../../authorization/principal.ts';
import { problems } from '../../errors/problems.ts';
import type { TenantLimits } from '../../tenancy/limits.ts';

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
  const counts = new Map<string, number>();
  const change = (key: string, by: number) => {
    const count = (counts.get(key) ?? 0) + by;
    if (count > 0) counts.set(key, count);
    else counts.delete(key);
  };
  return ({ tenant, subject }, { subscriptions = limits.subscriptionsPerTenant }) => {
    const caller = `${tenant} ${subject}`;
    if ((counts.get(caller) ?? 0) >= limits.subscriptionsPerCaller)
      throw tooMany('You have', limits.subscriptionsPerCaller);
    if ((counts.get(tenant) ?? 0) >= subscriptions) throw tooMany('This tenant has', subscriptions);
    for (const key of [caller, tenant]) change(key, 1);
    let open = true;
    return {
      [Symbol.dispose]() {
        if (!open) return;
        open = false;
        for (const key of [caller, tenant]) change(key, -1);
      },
    };
  };
}

function tooMany(who: string, limit: number) {
  const message = `${who} ${limit} subscriptions open, as many as are allowed; end one first.`;
  return problems.TOO_MANY_SUBSCRIPTIONS(message, { headers: { 'retry-after': '5' } });
}
