import type { TenantLimits } from '../tenancy/limits.ts';
import type { LifecyclePlugin } from './context.ts';
import type { Exchange } from './exchange.ts';
import { createConcurrencyLimit } from './protection/concurrency.ts';
import { createRateLimit } from './protection/rate.ts';

export interface FairShareOptions {
  /** The limits of tenants that have none of their own, nor their plan. */
  readonly usual: TenantLimits;
}

/**
 * [SM] No tenant takes more of a gateway than its plan allows. Requests are counted behind authentication, so that
 * nobody can use up a tenant's share from outside, and before the body is read, so that a refusal costs next to
 * nothing. A subscription is counted once, and its events run without a place of their own.
 */
export function useFairShare({ usual }: FairShareOptions): LifecyclePlugin {
  const count = createRateLimit();
  const occupy = createConcurrencyLimit();
  return {
    onRequestParse({ serverContext: { exchange } }) {
      const { id, limits } = tenantOf(exchange);
      const { operationsPerMinute = usual.operationsPerMinute } = limits;
      return operationsPerMinute === undefined ? undefined : count(id, operationsPerMinute);
    },
    onExecute({ args: { contextValue } }) {
      const { exchange } = contextValue;
      const { id, limits } = tenantOf(exchange);
      const { concurrentOperations = usual.concurrentOperations } = limits;
      if (concurrentOperations === undefined) return;
      const place = occupy(id, concurrentOperations);
      exchange.onEnd(() => place[Symbol.dispose]());
    },
  };
}

function tenantOf({ access }: Exchange) {
  if (!access) throw new Error('A request got past authentication.');
  return access.tenant;
}
