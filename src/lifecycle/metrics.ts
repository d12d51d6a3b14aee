import type { Metrics } from '../telemetry/metrics.ts';
import type { LifecyclePlugin } from './context.ts';
import type { Exchange } from './exchange.ts';

/** [MC] Counts and times each request when its reply is gone. */
export function useMetrics({ metrics }: { readonly metrics: Metrics }): LifecyclePlugin {
  const measure = (exchange: Exchange) => {
    // How long a subscription was open says nothing of how fast the gateway is.
    if (exchange.events === undefined) {
      metrics.request(exchange.status, performance.now() - exchange.startedAt);
      for (const [phase, duration] of exchange.phases) metrics.phase(phase, duration);
    }
    const { operation, access, outcome, code } = exchange;
    if (operation && access && exchange.executed) {
      metrics.operation({
        type: operation.type,
        outcome,
        tenant: access.tenant.slug,
        duration: operation.duration,
      });
    } else if (code !== undefined) metrics.rejection(code);
  };
  return {
    onRequestParse({ serverContext: { exchange } }) {
      exchange.onEnd(measure);
    },
  };
}
