import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { MikroORM, SqlEntityManager } from '@mikro-orm/postgresql';
import type { ExecutionResult } from 'graphql';
import { classify } from '../database/failures.ts';
import type { TenantDatabase } from '../database/tenant-database.ts';
import { CommitLost, type Operation, type TenantTransaction } from '../database/transaction.ts';
import { problems } from '../errors/problems.ts';
import type { Catalog } from '../tenancy/catalog/catalog.ts';
import type { RequestContext } from './context.ts';
import { claim, store } from './idempotency.ts';
import type { EnqueueInto } from './jobs.ts';
import { failure, firstFault, translateErrors } from './outcome.ts';
import type { ExecuteDocument, OperationFacts, SessionReport, SessionRunner } from './runner.ts';
import { openContainer, type ServiceDefinition } from './services.ts';

export interface RunnerOptions {
  readonly database: TenantDatabase;
  readonly orm: MikroORM;
  readonly catalog: Pick<Catalog, 'stillHolds' | 'membershipsOf'>;
  /** Every service that a module brings. */
  readonly services: ReadonlySet<ServiceDefinition<unknown>>;
  /** How a job is written down. */
  readonly enqueueInto: EnqueueInto;
  /** Milliseconds that one statement may take. */
  readonly statementTimeout: number;
  /** Attempts at an operation that the database refused for another's sake. @default 5 */
  readonly maxAttempts?: number;
  /** @default () => new Date() */
  readonly clock?: () => Date;
}

/** What ended an attempt without a reply, so that it is worth another one. */
class Repeat extends Error {
  constructor(cause: unknown) {
    super('The operation is to be repeated.', { cause });
  }
}

/**
 * Runs operations inside the tenant's session: the transaction contract.
 *
 * A query is one read-only snapshot. A mutation is atomic and committed before it returns. An attempt that the
 * database refused for another's sake (a serialization failure, a deadlock, a plan from before a migration) is
 * repeated in a new scope: effects live in the database alone, so a repetition is safe.
 */
export function createSessionRunner(options: RunnerOptions): SessionRunner {
  const { database, orm, catalog, services, enqueueInto, statementTimeout } = options;
  const { maxAttempts = 5, clock = () => new Date() } = options;

  function contextOf(
    facts: OperationFacts,
    em: SqlEntityManager,
    transaction: TenantTransaction,
  ): RequestContext {
    const { requestId, tenant, principal, signal } = facts;
    em.setFilterParams('principal', { principal });
    const container = openContainer(services, () => context);
    const context: RequestContext = {
      requestId,
      tenant,
      principal,
      signal,
      em,
      now: clock(),
      use: container.use,
      memberships: () => catalog.membershipsOf(principal.subject),
      enqueue: async (job, payload) => enqueueInto(transaction, job.name, job.check(payload)),
    };
    return context;
  }

  async function repeated<Result>(
    facts: OperationFacts,
    report: SessionReport,
    attempt: () => Promise<Result>,
  ): Promise<Result> {
    for (let number = 1; ; number++) {
      report.attempts = number;
      try {
        return await attempt();
      } catch (error) {
        if (!(error instanceof Repeat)) throw error;
        if (number >= maxAttempts || facts.signal.aborted) {
          throw problems.CONFLICT(
            'Others changed the same data again and again; repeat the operation later.',
            {
              cause: error.cause,
            },
          );
        }
        // Full jitter: those who collided once should not meet again.
        await delay(Math.random() * 10 * 2 ** number);
      }
    }
  }

  /** Counts what the transaction cost, whatever became of it. */
  async function within<Result>(
    transaction: TenantTransaction,
    report: SessionReport,
    work: () => Promise<Result>,
  ): Promise<Result> {
    try {
      return await transaction.run(work);
    } finally {
      await transaction.rollback();
      report.statements += transaction.statements;
      report.databaseTime += transaction.databaseTime;
    }
  }

  return {
    query(facts, execute, report) {
      const attempt = () => {
        const transaction = database.begin({
          tenant: facts.tenant.id,
          access: 'read only',
          isolation: 'repeatable read',
          schemaVersion: facts.tenant.schemaVersion,
          statementTimeout,
          signal: facts.signal,
        });
        return within(transaction, report, async () => {
          const result = await untilAborted(
            facts.signal,
            execute(contextOf(facts, orm.em.fork(), transaction)),
          );
          if (isRepeatable(firstFault(result))) throw new Repeat(firstFault(result));
          // Nothing to keep: it is rolled back, also after a statement that failed.
          return translateErrors(result);
        });
      };
      return repeated(facts, report, attempt);
    },

    async mutation(facts, execute, report) {
      try {
        return await repeated(facts, report, () => attemptMutation(facts, execute, report));
      } catch (error) {
        return failure(error);
      }
    },
  };

  async function attemptMutation(
    facts: OperationFacts,
    execute: ExecuteDocument,
    report: SessionReport,
  ): Promise<ExecutionResult> {
    // An attempt of its own id: an earlier one was rolled back, and its row with it.
    const operation: Operation = {
      id: randomUUID(),
      actor: facts.principal.actor,
      name: facts.operationName ?? 'anonymous',
      requestId: facts.requestId,
    };
    const transaction = database.begin({
      tenant: facts.tenant.id,
      access: 'read write',
      isolation: facts.isolation ?? 'read committed',
      schemaVersion: facts.tenant.schemaVersion,
      operation,
      statementTimeout,
      signal: facts.signal,
    });
    return within(transaction, report, async () => {
      try {
        const stored = facts.idempotency && (await claim(transaction, facts.idempotency));
        if (stored) {
          report.replayed = true;
          return stored;
        }
        const em = orm.em.fork();
        await em.begin();
        const result = await untilAborted(facts.signal, execute(contextOf(facts, em, transaction)));
        const fault = firstFault(result);
        if (isRepeatable(fault)) throw fault;
        if (result.errors?.length) return { ...translateErrors(result), data: null };
        await em.commit();
        if (facts.idempotency) await store(transaction, facts.idempotency, result);
        await assertStillAllowed(facts);
        await commit(transaction, operation);
        return result;
      } catch (error) {
        throw isRepeatable(error) ? new Repeat(error) : error;
      }
    });
  }

  /** A suspension or a revoked membership that came meanwhile beats the operation. */
  async function assertStillAllowed({ tenant, membership }: OperationFacts): Promise<void> {
    if (await catalog.stillHolds({ tenant, membership })) return;
    throw problems.FORBIDDEN(
      'Your membership or the tenant changed while the operation ran; nothing was kept.',
    );
  }

  /** Commits; where the answer is lost, asks on another connection what became of it. */
  async function commit(transaction: TenantTransaction, operation: Operation): Promise<void> {
    try {
      await transaction.commit();
    } catch (error) {
      if (!(error instanceof CommitLost)) throw error;
      const outcome = await database.outcome(transaction.tenant, operation).catch((cause: unknown) => {
        throw problems.COMMIT_UNKNOWN(
          'Whether the change was kept could not be found out; look before repeating.',
          {
            cause,
          },
        );
      });
      if (outcome === 'rolled back') throw new Repeat(error);
    }
  }
}

function isRepeatable(error: unknown): boolean {
  if (error === undefined) return false;
  const kind = classify(error);
  return kind === 'serialization' || kind === 'stale plan';
}

/** Ends the wait when the signal aborts: resolvers that touch no data would run on. */
async function untilAborted<Result>(signal: AbortSignal, work: Promise<Result> | Result): Promise<Result> {
  if (signal.aborted) throw signal.reason;
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
