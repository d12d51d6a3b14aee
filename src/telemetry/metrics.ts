import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { SeriesHistogram } from './histogram.ts';
import { createPoolMetrics, type PoolGauges } from './pool-metrics.ts';

export interface MetricsOptions {
  /** How many tenants get a label of their own; the others share one. @default 100 */
  readonly tenants?: number;
  /** Also measures the process: memory, CPU, event loop. Once for each process. @default false */
  readonly process?: boolean;
}

/** An operation that ran. */
export interface MeasuredOperation {
  readonly type: string;
  readonly outcome: string;
  /** The tenant's slug. */
  readonly tenant: string;
  /** Milliseconds. */
  readonly duration: number;
}

/** Whether JSON from the database made the whole reply, or a part of it, or the fields were resolved after all. */
export type PassThrough = 'whole' | 'part' | 'abandoned';

/** What is counted and timed. All times are given in milliseconds and shown in seconds. */
export interface Metrics {
  /** A reply, or a client that went away. */
  request(status: number, duration: number): void;
  operation(operation: MeasuredOperation): void;
  /** A phase of a request's life, by its name. */
  phase(phase: string, duration: number): void;
  /** A statement of a tenant's transaction. */
  query(duration: number): void;
  /** A request that was refused before anything ran. */
  rejection(code: string): void;
  /** A denial or a failed mutation that the audit trail does not have: too many of them, or the database could not. */
  unrecorded(reason: 'limit' | 'error'): void;
  /** A query whose reply came from the database as JSON. */
  passedThrough(outcome: PassThrough): void;
  /** Has a pool's state read whenever metrics are asked for. */
  watchPool(name: string, pool: PoolGauges): void;
  /** A subscription was opened (1) or has ended (-1). */
  subscriptions(change: 1 | -1): void;
  /** An event was sent to a subscriber. */
  event(): void;
  readonly contentType: string;
  /** In the text format of Prometheus. */
  render(): Promise<string>;
}

const OTHER = 'other';
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const FINE_BUCKETS = [0.000_05, 0.000_1, 0.000_25, 0.000_5, ...BUCKETS];

/** Metrics in a registry of their own: two gateways in one process don't share any. */
export function createMetrics({ tenants = 100, process = false }: MetricsOptions = {}): Metrics {
  const registry = new Registry();
  const registers = [registry];
  if (process) collectDefaultMetrics({ register: registry });

  const requests = new SeriesHistogram({
    name: 'insula_request_duration_seconds',
    help: 'Time from the arrival of a request until its reply is gone, by HTTP status (499: the client went away).',
    labels: ['status'],
    buckets: BUCKETS,
    registers,
  });
  const operations = new SeriesHistogram({
    name: 'insula_operation_duration_seconds',
    help: 'Time to run an operation, its transaction included.',
    labels: ['type', 'outcome'],
    buckets: BUCKETS,
    registers,
  });
  const tenantOperations = new Counter({
    name: 'insula_tenant_operations_total',
    help: 'Operations that ran, by tenant; tenants beyond the bound share the label "other".',
    labelNames: ['tenant', 'outcome'],
    registers,
  });
  const phases = new SeriesHistogram({
    name: 'insula_phase_duration_seconds',
    help: 'Time spent in each phase of a request.',
    labels: ['phase'],
    buckets: FINE_BUCKETS,
    registers,
  });
  const queries = new SeriesHistogram({
    name: 'insula_query_duration_seconds',
    help: 'Time of a database statement, waiting for a connection excluded.',
    labels: [],
    buckets: FINE_BUCKETS,
    registers,
  });
  const rejections = new Counter({
    name: 'insula_rejections_total',
    help: 'Requests refused before anything ran, by code.',
    labelNames: ['code'],
    registers,
  });
  const subscriptions = new Gauge({
    name: 'insula_open_subscriptions',
    help: 'Subscriptions that are open.',
    registers,
  });
  const events = new Counter({
    name: 'insula_subscription_events_total',
    help: 'Events that were sent to subscribers, one for each of them.',
    registers,
  });
  const unrecorded = new Counter({
    name: 'insula_audit_unrecorded_total',
    help: 'Denials and failed mutations that are in the request log alone, by why the audit trail has them not.',
    labelNames: ['reason'],
    registers,
  });
  const watchPool = createPoolMetrics(registry);
  const passed = new Counter({
    name: 'insula_pass_through_total',
    help: 'Queries whose reply came from the database as JSON: whole, in part, or abandoned and resolved after all.',
    labelNames: ['outcome'],
    registers,
  });

  const named = new Set<string>();
  const tenantLabel = (tenant: string): string => {
    if (named.has(tenant)) return tenant;
    if (named.size >= tenants) return OTHER;
    named.add(tenant);
    return tenant;
  };

  const requestsWith = kept((status: number) => requests.series({ status: String(status) }));
  const operationsOf = kept((type: string) =>
    kept((outcome: string) => operations.series({ type, outcome })),
  );
  const phaseNamed = kept((phase: string) => phases.series({ phase }));
  const allQueries = queries.series({});

  return {
    request: (status, duration) => requestsWith(status).observe(duration / 1000),
    operation({ type, outcome, tenant, duration }) {
      operationsOf(type)(outcome).observe(duration / 1000);
      tenantOperations.inc({ tenant: tenantLabel(tenant), outcome });
    },
    phase: (phase, duration) => phaseNamed(phase).observe(duration / 1000),
    query: (duration) => allQueries.observe(duration / 1000),
    rejection: (code) => rejections.inc({ code }),
    passedThrough: (outcome) => passed.inc({ outcome }),
    unrecorded: (reason) => unrecorded.inc({ reason }),
    watchPool,
    subscriptions: (change) => subscriptions.inc(change),
    event: () => events.inc(),
    contentType: registry.contentType,
    render: () => registry.metrics(),
  };
}

/** What is made of a key, made once. */
function kept<Key, Value>(make: (key: Key) => Value): (key: Key) => Value {
  const made = new Map<Key, Value>();
  return (key) => {
    let value = made.get(key);
    if (value === undefined) {
      value = make(key);
      made.set(key, value);
    }
    return value;
  };
}
