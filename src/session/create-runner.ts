import { randomUUID } from 'node:crypto';
import type { MikroORM, SqlEntityManager } from '@mikro-orm/postgresql';
import type { ExecutionResult } from 'graphql';
import { isTrustedFor } from '../authentication/admission.ts';
import type { RolePermissions } from '../authorization/roles.ts';
import type { TenantDatabase } from '../database/tenant-database.ts';
import { CommitLost, type Operation, type TenantTransaction } from '../database/transaction.ts';
import { withCipher } from '../encryption/active-cipher.ts';
import type { TenantCiphers } from '../encryption/tenant-ciphers.ts';
import { problems } from '../errors/problems.ts';
import { inSpan } from '../telemetry/spans.ts';
import type { Catalog } from '../tenancy/catalog/catalog.ts';
import { untilAborted } from './abort.ts';
import { createAccessControl } from './access.ts';
import type { RequestContext } from './context.ts';
import { claim, store } from './idempotency.ts';
import type { EnqueueInto } from './jobs.ts';
import { failure, translateErrors } from './outcome.ts';
import { isRepeatable, Repeat, repeated, repeatIfRefused } from './repetition.ts';
import type { ExecuteDocument, OperationFacts, SessionReport, SessionRunner } from './runner.ts';
import { openContainer, type ServiceDefinition } from './services.ts';
import { type EventSource, eventsOf, type PublishInto } from './topics.ts';
import type { FailureTrail } from './trail.ts';

export interface RunnerOptions {
  readonly database: TenantDatabase;
  readonly orm: MikroORM;
  readonly catalog: Pick<Catalog, 'stillHolds' | 'membershipsOf'>;
  /** What roles there are. */
  readonly roles: Pick<RolePermissions, 'roles'>;
  /** Every service that a module brings. */
  readonly services: ReadonlySet<ServiceDefinition<unknown>>;
  /** The keys of encrypted columns and of stored replies. */
  readonly ciphers: TenantCiphers;
  /** How a job is written down. */
  readonly enqueueInto: EnqueueInto;
  /** How an event is written down. */
  readonly publishInto: PublishInto;
  /** Where subscriptions get their events. @default there are no subscriptions */
  readonly eventSource?: EventSource;
  /** Where denials and failed mutations are written down. @default nowhere */
  readonly trail?: FailureTrail;
  /** Milliseconds that one statement may take. */
  readonly statementTimeout: number;
  /** Attempts at an operation that the database refused for another's sake. @default 5 */
  readonly maxAttempts?: number;
  /** @default () => new Date() */
  readonly clock?: () => Date;
}

/**
 * Runs operations inside the tenant's session: the transaction contract.
 *
 * A query is one read-only snapshot; with a single statement that is the statement's own. A mutation is atomic and committed before it returns. An attempt that the
 * database refused for another's sake is repeated in a new scope: effects live in the database alone, so a repetition
 * is safe.
 */
export function createSessionRunner(options: RunnerOptions): SessionRunner {
  const { database, orm, catalog, roles, services, ciphers, statementTimeout } = options;
  const { enqueueInto, publishInto, eventSource, trail } = options;
  const { maxAttempts = 5, clock = () => new Date() } = options;

  return {
    async query(facts, execute, report) {
      const attempt = () => attemptQuery(facts, execute, report);
      const result = await repeated({ maxAttempts, signal: facts.signal, report }, attempt);
      if (result.errors?.length) await trail?.answered(facts, result.errors);
      return result;
    },
    async mutation(facts, execute, report) {
      const attempt = () => attemptMutation(facts, execute, report);
      const result = await repeated({ maxAttempts, signal: facts.signal, report }, attempt).catch(failure);
      if (result.errors?.length) await trail?.failed(facts, result.errors);
      return result;
    },
  };

  async function attemptQuery(
    facts: OperationFacts,
    execute: ExecuteDocument,
    report: SessionReport,
  ): Promise<ExecutionResult> {
    const options = {
      ...sessionOf(facts),
      access: 'read only',
      isolation: 'repeatable read',
    } as const;
    if (facts.single) {
      const single = database.begin({ ...options, single: true });
      const result = await read(facts, execute, report, single);
      // A second statement would have seen another moment: whatever this is, it is no reply.
      if (!single.exceeded) return result;
    }
    return await read(facts, execute, report, database.begin(options));
  }

  function read(
    facts: OperationFacts,
    execute: ExecuteDocument,
    report: SessionReport,
    transaction: TenantTransaction,
  ): Promise<ExecutionResult> {
    return within(transaction, report, async () => {
      const context = contextOf(facts, orm.em.fork(), transaction);
      const result = await untilAborted(facts.signal, () => execute(context));
      repeatIfRefused(result);
      // Nothing to keep: it is rolled back, also after a statement that failed.
      return translateErrors(result);
    });
  }

  function attemptMutation(
    facts: OperationFacts,
    execute: ExecuteDocument,
    report: SessionReport,
  ): Promise<ExecutionResult> {
    const operation = operationOf(facts);
    const transaction = database.begin({
      ...sessionOf(facts),
      access: 'read write',
      isolation: facts.isolation ?? 'read committed',
      operation,
    });
    return within(transaction, report, async () => {
      try {
        const stored = facts.idempotency && (await claim(transaction, facts.idempotency));
        report.replayed = stored !== undefined;
        return stored ?? (await change(facts, execute, transaction, operation));
      } catch (error) {
        throw isRepeatable(error) ? new Repeat(error) : error;
      }
    });
  }

  /** Executes, writes what is left to write, and commits; or leaves it to the caller to roll back. */
  async function change(
    facts: OperationFacts,
    execute: ExecuteDocument,
    transaction: TenantTransaction,
    operation: Operation,
  ): Promise<ExecutionResult> {
    const em = orm.em.fork();
    await em.begin();
    const context = contextOf(facts, em, transaction);
    const result = await untilAborted(facts.signal, () => execute(context));
    repeatIfRefused(result);
    if (result.errors?.length) return { ...translateErrors(result), data: null };
    await em.commit();
    if (facts.idempotency) await store(transaction, facts.idempotency, result);
    await assertStillAllowed(facts);
    await commit(transaction, operation);
    return result;
  }

  function sessionOf({ tenant, signal }: OperationFacts) {
    return { tenant: tenant.id, schemaVersion: tenant.schemaVersion, statementTimeout, signal };
  }

  function contextOf(
    facts: OperationFacts,
    em: SqlEntityManager,
    transaction: TenantTransaction,
  ): RequestContext {
    const { requestId, tenant, principal, signal } = facts;
    em.setFilterParams('principal', { principal });
    let memberships: ReturnType<RequestContext['memberships']> | undefined;
    const container = openContainer(services, () => context);
    const context: RequestContext = {
      requestId,
      tenant,
      principal,
      signal,
      access: createAccessControl(transaction, principal, roles),
      em,
      now: clock(),
      use: container.use,
      memberships: () => (memberships ??= membershipsOf(facts)),
      enqueue: async (job, payload) => enqueueInto(transaction, job.name, job.check(payload)),
      publish: async (topic, payload) => publishInto(transaction, topic.name, topic.check(payload)),
      events: (topic) => eventsOf(eventSource, topic, facts),
    };
    return context;
  }

  /** Whoever issues tokens for one tenant alone learns nothing of its subjects' other tenants. */
  async function membershipsOf(facts: OperationFacts) {
    const all = await catalog.membershipsOf(facts.principal.subject);
    return all.filter(({ tenant }) => isTrustedFor(facts, tenant));
  }

  /** A suspension or a revoked membership that came meanwhile beats the operation. */
  async function assertStillAllowed({ tenant, membership }: OperationFacts): Promise<void> {
    if (await catalog.stillHolds({ tenant, membership })) return;
    throw problems.FORBIDDEN('Your membership or the tenant changed meanwhile; nothing was kept.');
  }

  /** Commits; where the answer is lost, asks on another connection what became of it. */
  async function commit(transaction: TenantTransaction, operation: Operation): Promise<void> {
    try {
      await inSpan('commit', () => transaction.commit());
    } catch (error) {
      if (!(error instanceof CommitLost)) throw error;
      const outcome = await database.outcome(transaction.tenant, operation).catch((cause: unknown) => {
        const message = 'Whether the change was kept could not be found out; look before repeating.';
        throw problems.COMMIT_UNKNOWN(message, { cause });
      });
      if (outcome === 'rolled back') throw new Repeat(error);
    }
  }

  /** Runs work inside a transaction, ends what it left open, and counts what it cost, whatever became of it. */
  async function within<Result>(
    transaction: TenantTransaction,
    report: SessionReport,
    work: () => Promise<Result>,
  ): Promise<Result> {
    try {
      // Before anything is decoded: the types of encrypted columns can't wait for a key.
      const cipher = await ciphers.of(transaction.tenant);
      return await withCipher(cipher, () => transaction.run(work));
    } finally {
      await transaction.rollback();
      report.statements += transaction.statements;
      report.databaseTime += transaction.databaseTime;
    }
  }
}

/** An attempt has an id of its own: an earlier one was rolled back, and its row with it. */
function operationOf({ principal, operationName, requestId }: OperationFacts): Operation {
  return { id: randomUUID(), actor: principal.actor, name: operationName ?? 'anonymous', requestId };
}
