import { setTimeout as delay } from 'node:timers/promises';
import { readSettings } from '../../../src/config.ts';
import type { Module } from '../../../src/module.ts';
import { composeModules } from '../../../src/platform/index.ts';
import { runWorker } from '../../../src/start/worker.ts';
import { createLogger } from '../../../src/telemetry/logger.ts';
import { MASTER_KEY } from '../../support/database.ts';
import type { TestGateway } from '../../support/gateway.ts';

export interface TestWorkerOptions {
  readonly modules: readonly Module[];
  readonly settings?: Record<string, string>;
  readonly clock?: () => Date;
}

export interface TestWorker extends AsyncDisposable {
  readonly port: number | undefined;
  readonly log: Record<string, unknown>[];
  /** The log lines of jobs. */
  readonly lines: () => Record<string, unknown>[];
}

/** A worker in this process, on the gateway's database, impatient where people would have to wait. */
export async function startTestWorker(gateway: TestGateway, options: TestWorkerOptions): Promise<TestWorker> {
  const { modules, settings = {}, clock } = options;
  const log: Record<string, unknown>[] = [];
  const worker = await runWorker({
    config: {
      ...readSettings(
        { HOST: '127.0.0.1', INSULA_JOB_POLL: '20', INSULA_JOB_ATTEMPTS: '3', ...settings },
        'development',
      ),
      DATABASE_URL: gateway.database.adminUrl,
      INSULA_MASTER_KEY: MASTER_KEY,
    },
    modules: composeModules(modules),
    logger: createLogger({ stream: { write: (line) => log.push(JSON.parse(line)) } }),
    firstPause: 20,
    ...(clock && { clock }),
  });
  return {
    port: worker.port,
    log,
    lines: () => log.filter(({ msg }) => msg === 'job'),
    [Symbol.asyncDispose]: () => worker[Symbol.asyncDispose](),
  };
}

/** Enqueues jobs by a mutation. */
export async function enqueue(
  gateway: TestGateway,
  text: string,
  more: { tenant?: string; times?: number; outside?: boolean } = {},
): Promise<void> {
  const { tenant = 'north', times = 1, outside = false } = more;
  const reply = await gateway.ask({
    tenant,
    query: 'mutation E($t: String!, $n: Int!, $o: Boolean!) { effect(text: $t, times: $n, outside: $o) }',
    variables: { t: text, n: times, o: outside },
  });
  if (reply.body.errors) throw new Error(reply.text);
}

export interface OutboxRow {
  readonly id: string;
  readonly tenant: string;
  readonly job: string;
  readonly attempts: number;
  readonly dead: boolean;
  readonly lastError: string | null;
}

export const outbox = (gateway: TestGateway) =>
  gateway.rows<OutboxRow>(
    'north',
    `select id, tenant, job, attempts, dead_at is not null as dead, last_error as "lastError"
     from insula.outbox order by id`,
  );

/** The texts of a tenant's notes that begin so. */
export async function notes(gateway: TestGateway, begin: string, tenant = 'north'): Promise<string[]> {
  const rows = await gateway.rows<{ text: string }>(
    tenant,
    'select text from note where starts_with(text, $1) order by text',
    [begin],
  );
  return rows.map(({ text }) => text);
}

/** Waits until something is so. @throws Error after some seconds */
export async function until(
  what: string,
  isSo: () => Promise<boolean> | boolean,
  patience = 10_000,
): Promise<void> {
  const end = performance.now() + patience;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`In vain waited for: ${what}.`);
    await delay(15);
  }
}

export const emptied = (gateway: TestGateway) =>
  until('an empty outbox', async () => (await outbox(gateway)).length === 0);
