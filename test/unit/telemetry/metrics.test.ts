import { describe, expect, test } from 'vitest';
import { createMetrics } from '../../../src/telemetry/metrics.ts';

describe('metrics', () => {
  test('[MC] every metric has a unit in its name, and a HELP line', async () => {
    const metrics = createMetrics();
    metrics.watchPool('gateway', { total: 3, idle: 2, waiting: 1 });
    const text = await metrics.render();
    const names = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
    expect(names).not.toHaveLength(0);
    for (const name of names) {
      expect(name).toMatch(/^insula_\w+_(seconds|total|connections|subscriptions)$/);
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
    const pool = { total: 1, idle: 1, waiting: 0 };
    metrics.watchPool('gateway', pool);
    Object.assign(pool, { total: 5, idle: 2, waiting: 7 });
    const text = await metrics.render();
    expect(text).toContain('insula_pool_connections{pool="gateway",state="busy"} 3');
    expect(text).toContain('insula_pool_connections{pool="gateway",state="waiting"} 7');
  });

  test('[MC] two gateways in one process share nothing', async () => {
    const [one, other] = [createMetrics(), createMetrics()];
    one.rejection('FORBIDDEN');
    expect(await other.render()).not.toContain('FORBIDDEN');
  });
});
