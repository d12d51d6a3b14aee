import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** A PromQL expression that ships, and where it stands. */
export interface Shipped {
  readonly where: string;
  readonly expression: string;
}

interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly { readonly alert: string; readonly expr: string }[];
  }[];
}

/** Every expression of the dashboard. @param interval in place of Grafana's own, such as `1m` */
export function dashboardExpressions(interval: string): Shipped[] {
  const { panels }: { panels: readonly Panel[] } = JSON.parse(
    readFileSync('deploy/grafana/dashboards/insula.json', 'utf8'),
  );
  return panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => ({ where: title, expression: expr.replaceAll('$__rate_interval', interval) })),
  );
}

/** Every expression of the alerts. */
export function alertExpressions(): Shipped[] {
  const { groups }: Rules = parse(readFileSync('deploy/prometheus/alerts.yml', 'utf8'));
  return groups.flatMap(({ rules }) => rules.map(({ alert, expr }) => ({ where: alert, expression: expr })));
}

/** The metrics of ours that expressions name, without the endings of a histogram's parts. */
export function metricsIn(shipped: readonly Shipped[]): string[] {
  const names = shipped.flatMap(({ expression }) => [
    ...(expression.match(/\b(insula|process|nodejs)_\w+/g) ?? []),
  ]);
  return [...new Set(names.map((name) => name.replace(/_(bucket|sum|count)$/, '')))];
}

/** The metrics that a `/metrics` page has. */
export function metricsOf(page: string): string[] {
  return [...page.matchAll(/^# TYPE (\S+)/gm)].map(([, name = '']) => name);
}
