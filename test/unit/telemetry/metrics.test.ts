import { describe, expect, test } from 'vitest';
import { createMetrics } from '../../../src/telemetry/metrics.ts';

const idlePool = {
  total: 1,
  idle: 1,
  waiting: 0,
  tenants: { known: 0, new: 0 },
  closed: { memory: 0, ceiling: 0, idle: 0, broken: 0 },
  backendMemory: 0,
  namedStatements: 0,
};

describe('metrics', () => {
  test('[MC] every metric has a unit in its name, and a HELP line', async () => {
    const metrics = createMetrics();
    metrics.watchPool('gateway', idlePool);
    const text = await metrics.render();
    const names = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
    expect(names).not.toHaveLength(0);
    for (const name of names) {
      expect(name).toMatch(/^insula_\w+_(seconds|total|bytes|connections|statements|subscriptions)$/);
      expect(text).toContain(`# HELP ${name} `);
    }
  });

  test('[MC] milliseconds come in, seconds go out', async () => {
    const metrics = createMetrics();
    metrics.query(1_500);
    expect(await metrics.render()).toContain('insula_query_duration_seconds_sum 1.5');
  });

  test('[MC] the first tenants have a label of their own, all later ones share one', async () => {
    const metrics = createMetrics({ tenants: 2 });
    for (const tenant of ['acme', 'globex', 'initech', 'acme', 'umbrella']) {
      metrics.operation({ type: 'query', outcome: 'ok', tenant, duration: 1 });
    }
    const text = await metrics.render();
    expect(text).toContain('insula_tenant_operations_total{tenant="acme",outcome="ok"} 2');
    expect(text).toContain('insula_tenant_operations_total{tenant="globex",outcome="ok"} 1');
    expect(text).toContain('insula_tenant_operations_total{tenant="other",outcome="ok"} 2');
    expect(text).not.toContain('initech');
  });

  test('[MC] a pool is asked when the metrics are read', async () => {
    const metrics = createMetrics();
    const pool = { ...idlePool };
    metrics.watchPool('gateway', pool);
    await metrics.render();
    Object.assign(pool, {
      total: 5,
      idle: 2,
      waiting: 7,
      tenants: { known: 90, new: 10 },
      closed: { memory: 3, ceiling: 1, idle: 0, broken: 2 },
      backendMemory: 1_048_576,
      namedStatements: 12,
    });
    const text = await metrics.render();
    expect(text).toContain('insula_pool_connections{pool="gateway",state="busy"} 3');
    expect(text).toContain('insula_pool_connections{pool="gateway",state="waiting"} 7');
    expect(text).toContain('insula_pool_transactions_total{pool="gateway",tenant="known"} 90');
    expect(text).toContain('insula_pool_transactions_total{pool="gateway",tenant="new"} 10');
    expect(text).toContain('insula_pool_closed_connections_total{pool="gateway",reason="memory"} 3');
    expect(text).toContain('insula_pool_closed_connections_total{pool="gateway",reason="ceiling"} 1');
    expect(text).toContain('insula_pool_backend_memory_bytes{pool="gateway"} 1048576');
    expect(text).toContain('insula_pool_named_statements{pool="gateway"} 12');
  });

  test('[MC] two gateways in one process share nothing', async () => {
    const [one, other] = [createMetrics(), createMetrics()];
    one.rejection('FORBIDDEN');
    expect(await other.render()).not.toContain('FORBIDDEN');
  });
});
