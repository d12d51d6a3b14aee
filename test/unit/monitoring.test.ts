import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { EXAMPLE, readCompose } from '../support/compose.ts';
import { alertExpressions } from '../support/monitoring.ts';

const dashboard = JSON.parse(readFileSync('deploy/grafana/dashboards/insula.json', 'utf8'));
const read = (path: string) => parse(readFileSync(path, 'utf8'));

test('[MC] no two panels of the dashboard are in the same place, and none is outside', () => {
  const taken = new Set<string>();
  for (const { gridPos } of dashboard.panels) {
    const { x, y, w, h } = gridPos;
    expect(x + w).toBeLessThanOrEqual(24);
    for (let column = x; column < x + w; column++) {
      for (let row = y; row < y + h; row++) {
        expect(taken).not.toContain(`${column} ${row}`);
        taken.add(`${column} ${row}`);
      }
    }
  }
});

test('[MC] the dashboard asks the source that Grafana is given', () => {
  const { datasources } = read('deploy/grafana/provisioning/datasources/prometheus.yaml');
  const uids = new Set(
    dashboard.panels.flatMap((panel: { datasource?: { uid: string } }) => panel.datasource?.uid ?? []),
  );
  expect([...uids]).toEqual(datasources.map(({ uid }: { uid: string }) => uid));
});

test('[MC] Grafana and Prometheus look where compose.yaml puts their files', () => {
  const secrets = { INSULA_MASTER_KEY: 'x', POSTGRES_PASSWORD: 'x', GRAFANA_PASSWORD: 'x' };
  const { services } = readCompose({ ...EXAMPLE, ...secrets });
  const [provider] = read('deploy/grafana/provisioning/dashboards/insula.yaml').providers;
  expect(services.grafana?.volumes).toContain(`./deploy/grafana/dashboards:${provider.options.path}:ro`);
  const config = read('deploy/prometheus/prometheus.yml');
  expect(services.prometheus?.command).toContain('--config.file=/etc/prometheus/prometheus.yml');
  const targets: string[] = config.scrape_configs.flatMap(
    (scrape: { static_configs: { targets: string[] }[] }) =>
      scrape.static_configs.flatMap((group) => group.targets),
  );
  for (const target of targets) {
    const [service = '', port] = target.split(':');
    const { INSULA_METRICS_PORT, INSULA_WORKER_PORT } = services[service]?.environment ?? {};
    expect(port).toBe(INSULA_METRICS_PORT ?? INSULA_WORKER_PORT);
  }
});

test('[MC] docs/operations.md explains every alert', () => {
  const page = readFileSync('docs/operations.md', 'utf8');
  for (const { where } of alertExpressions()) expect(page).toContain(`\`${where}\``);
});
