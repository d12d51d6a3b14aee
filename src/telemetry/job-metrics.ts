import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** How an attempt at a job ended: `retry` and `dead` are failures, `put back` is none. */
export type JobOutcome = 'done' | 'retry' | 'dead' | 'put back';

export interface JobMetricsOptions {
  /** What waits at the moment; asked at each look. */
  readonly backlog: () => Promise<{ readonly open: number; readonly dead: number; readonly oldest: number }>;
  /** Also measures the process: memory, CPU, event loop. @default false */
  readonly process?: boolean;
}

/** What a worker counts and times. Times are given in milliseconds and shown in seconds. */
export interface JobMetrics {
  attempt(job: string, outcome: JobOutcome, duration: number): void;
  readonly contentType: string;
  /** In the text format of Prometheus. @throws when what waits can't be found out */
  render(): Promise<string>;
}

const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

export function createJobMetrics({ backlog, process = false }: JobMetricsOptions): JobMetrics {
  const registry = new Registry();
  const registers = [registry];
  if (process) collectDefaultMetrics({ register: registry });
  const attempts = new Counter({
    name: 'insula_job_attempts_total',
    help: 'Attempts at jobs, by how they ended: done, retry and dead (failed), put back (not to be run now).',
    labelNames: ['job_name', 'outcome'],
    registers,
  });
  const durations = new Histogram({
    name: 'insula_job_duration_seconds',
    help: 'Time of an attempt at a job.',
    labelNames: ['job_name'],
    buckets: BUCKETS,
    registers,
  });
  const open = new Gauge({
    name: 'insula_jobs_open',
    help: 'Jobs that wait or run, those of suspended tenants included.',
    registers,
  });
  const dead = new Gauge({
    name: 'insula_jobs_dead',
    help: 'Jobs that failed too often and wait for a person.',
    registers,
  });
  const oldest = new Gauge({
    name: 'insula_jobs_oldest_seconds',
    help: 'Age of the oldest job that is not done, of tenants that are not suspended.',
    registers,
  });
  return {
    attempt(job, outcome, duration) {
      attempts.inc({ job_name: job, outcome });
      durations.observe({ job_name: job }, duration / 1000);
    },
    contentType: registry.contentType,
    async render() {
      const now = await backlog();
      open.set(now.open);
      dead.set(now.dead);
      oldest.set(now.oldest);
      return registry.metrics();
    },
  };
}
