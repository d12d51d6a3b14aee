import { sealingKey } from '../audit/settings.ts';
import { policyFilters } from '../authorization/policies.ts';
import { rolePermissions } from '../authorization/roles.ts';
import { type Config, masterKeysIn } from '../config.ts';
import { loginUrl } from '../database/keys.ts';
import { tenantDatabaseOptions } from '../database/settings.ts';
import { createTenantDatabase } from '../database/tenant-database.ts';
import { createMasterKeys } from '../encryption/master-keys.ts';
import { createTenantCiphers } from '../encryption/tenant-ciphers.ts';
import { publishInto } from '../events/outgoing.ts';
import { readMigrations } from '../fleet/migrations.ts';
import { DrainingServer } from '../http/draining-server.ts';
import { healthPages, metricsPages, pageListener } from '../http/routes.ts';
import { createAttempt } from '../jobs/attempt.ts';
import { createMailbox } from '../jobs/mail/mailbox.ts';
import { createSmtpMailer } from '../jobs/mail/smtp.ts';
import { enqueueInto } from '../jobs/outbox.ts';
import { createPerform } from '../jobs/perform.ts';
import { openQueue } from '../jobs/queue.ts';
import { startScheduler } from '../jobs/scheduler.ts';
import { startWorker } from '../jobs/worker.ts';
import type { Module } from '../module.ts';
import { createModuleOrm, permissionsOf, servicesOf } from '../schema.ts';
import { createSessionRunner } from '../session/create-runner.ts';
import { createJobMetrics } from '../telemetry/job-metrics.ts';
import type { Logger } from '../telemetry/logger.ts';
import { traceStatements } from '../telemetry/statement-spans.ts';
import { DirectoryConnections } from '../tenancy/catalog/connections.ts';
import { WRAPPED_KEY, wrappedKeyOf } from '../tenancy/catalog/wrapped-key.ts';
import { startSealing } from './sealing.ts';
import { logUnhandledRejections } from './unhandled-rejections.ts';

export interface WorkerProcess extends AsyncDisposable {
  /** Of /metrics, when there is one. */
  readonly port: number | undefined;
}

export interface RunWorkerOptions {
  readonly config: Config;
  /** The platform's too, in the order of their dependencies. */
  readonly modules: readonly Module[];
  readonly logger: Logger;
  /** Milliseconds of the pause after a job's first failure. @default 1_000 */
  readonly firstPause?: number;
  /** What the daily jobs go by. @default () => new Date() */
  readonly clock?: () => Date;
}

/**
 * A worker: it takes jobs out of the outbox with a login of its own, and runs them in sessions of the gateway's login.
 * Disposing of it lets running jobs end.
 *
 * @throws Error when the database can't be reached
 */
export async function runWorker(options: RunWorkerOptions): Promise<WorkerProcess> {
  const { config, modules, logger, firstPause, clock } = options;
  await using resources = new AsyncDisposableStack();
  // A promise that a job forgot must not end those beside it.
  resources.use(logUnhandledRejections(logger));
  const jobs = new Map(modules.flatMap((module) => module.jobs ?? []).map((job) => [job.name, job]));
  const queue = resources.use(
    openQueue({
      url: loginUrl(config.DATABASE_URL, config.INSULA_MASTER_KEY, 'worker'),
      maxConnections: 4,
      names: [...jobs.keys()],
      expected: readMigrations(modules),
      lease: config.INSULA_JOB_LEASE,
    }),
  );
  const metrics = createJobMetrics({ backlog: () => queue.backlog(), process: true });
  const answers = () => queue.isActive('').then(() => true);
  // A database that can't be reached is told at the start, not tried for ever.
  await answers();
  const database = resources.use(
    createTenantDatabase({
      ...tenantDatabaseOptions(config, config.INSULA_JOB_CONCURRENCY),
      logger,
      onQuery: traceStatements(config.DATABASE_URL),
    }),
  );
  // The worker's own login reads no key.
  const directory = resources.use(
    new DirectoryConnections({
      url: loginUrl(config.DATABASE_URL, config.INSULA_MASTER_KEY, 'directory'),
      maxConnections: 1,
      timeout: 1_000,
      logger,
    }),
  );
  const perform = createPerform({
    jobs,
    permissions: permissionsOf(modules),
    mailer: resources.use(mailerOf(config)),
    sessions: createSessionRunner({
      database,
      orm: createModuleOrm(modules, {
        dialect: database.dialect,
        filters: policyFilters(modules.flatMap(({ policies = [] }) => policies)),
      }),
      catalog: {
        // A tenant that was suspended since its job was taken keeps nothing of it.
        stillHolds: ({ tenant }) => queue.isActive(tenant.id),
        // A job is nobody's, and a member of nothing.
        membershipsOf: async () => [],
      },
      roles: rolePermissions(modules),
      services: servicesOf(modules),
      ciphers: createTenantCiphers({
        masterKeys: createMasterKeys(masterKeysIn(config)),
        loadWrappedKey: async (id) => wrappedKeyOf(await directory.query(WRAPPED_KEY, [id])),
      }),
      enqueueInto,
      publishInto,
      statementTimeout: config.INSULA_STATEMENT_TIMEOUT,
    }),
  });
  resources.use(
    startScheduler({
      queue,
      schedules: modules.flatMap(({ schedules = [] }) => schedules),
      logger,
      ...(clock && { clock }),
    }),
  );
  resources.use(
    startSealing({
      url: loginUrl(config.DATABASE_URL, config.INSULA_MASTER_KEY, 'worker'),
      key: sealingKey(config),
      anchors: config.INSULA_SEAL_ANCHORS,
      every: config.INSULA_SEAL_INTERVAL,
      logger,
    }),
  );
  resources.use(
    startWorker({
      queue,
      attempt: createAttempt({
        queue,
        perform,
        maxAttempts: config.INSULA_JOB_ATTEMPTS,
        timeout: config.INSULA_JOB_TIMEOUT,
        metrics,
        logger,
        ...(firstPause !== undefined && { firstPause }),
      }),
      concurrency: config.INSULA_JOB_CONCURRENCY,
      pollEvery: config.INSULA_JOB_POLL,
      lease: config.INSULA_JOB_LEASE,
      logger,
    }),
  );
  const port = await listen();
  const owned = resources.move();
  return { port, [Symbol.asyncDispose]: () => owned.disposeAsync() };

  async function listen(): Promise<number | undefined> {
    if (config.INSULA_WORKER_PORT === undefined) return undefined;
    const server = new DrainingServer({
      port: config.INSULA_WORKER_PORT,
      portSetting: 'INSULA_WORKER_PORT',
      host: config.HOST,
      listener: pageListener({ ...healthPages({ ready: answers }), ...metricsPages(metrics) }),
    });
    resources.defer(() => server.close());
    return server.listen();
  }
}

/** To the mail server, or, in development without one, to where the gateway shows it. */
function mailerOf({ INSULA_SMTP_URL, INSULA_MAIL_FROM, INSULA_DIRECTORY }: Config) {
  if (INSULA_SMTP_URL !== undefined) {
    return createSmtpMailer({ url: INSULA_SMTP_URL, from: INSULA_MAIL_FROM });
  }
  const { mailer } = createMailbox({ directory: INSULA_DIRECTORY, from: INSULA_MAIL_FROM });
  return { ...mailer, [Symbol.dispose]: () => undefined };
}
