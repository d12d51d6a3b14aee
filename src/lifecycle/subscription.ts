import { isAsyncIterable } from '@envelop/core';
import {
  createSourceEventStream,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  type GraphQLSchema,
} from 'graphql';
import { show } from '../errors/masking.ts';
import { problems } from '../errors/problems.ts';
import { untilAborted } from '../session/abort.ts';
import { failure } from '../session/outcome.ts';
import type { ExecuteDocument, OperationFacts, SessionRunner } from '../session/runner.ts';
import type { OpeningSubscription } from '../session/topics.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Access } from '../tenancy/catalog/catalog.ts';
import { accessChanged, type Watched, watchAccess } from './access-watch.ts';
import type { LifecyclePlugin } from './context.ts';
import type { Exchange, OperationRecord } from './exchange.ts';
import { limitSubscriptions, type SubscriptionLimits } from './protection/subscriptions.ts';
import { Completed, Lifetime } from './subscription-lifetime.ts';
import { traceEvent } from './tracing.ts';
import { createTurns } from './turns.ts';

export interface SubscriptionOptions {
  readonly schema: GraphQLSchema;
  readonly sessions: SessionRunner;
  readonly catalog: Watched;
  readonly limits: SubscriptionLimits;
  /** How many events are read from the database at the same time, by all subscriptions together. */
  readonly eventsAtOnce: number;
  /** How long opening may take, and each event, in milliseconds. */
  readonly operationTimeout: number;
  readonly metrics: Pick<Metrics, 'subscriptions' | 'event'>;
}

/** What the document is executed with, each time with another context. */
type Execution = Omit<ExecutionArgs, 'rootValue' | 'contextValue'>;

/** A subscription that is open. */
interface Subscription {
  readonly exchange: Exchange;
  readonly access: Access;
  readonly lifetime: Lifetime;
  readonly events: AsyncIterator<unknown>;
  /** The result for one event, in a session of its own. */
  readonly resultOf: (event: unknown) => Promise<ExecutionResult>;
}

/**
 * [SI SR] A subscription is opened like a query, and for each of its events the document runs again like a query: a new
 * snapshot, a new context, new services, the caller's row policies. In between no transaction and no connection is held.
 * Before each event the caller's access is looked at again, and whenever the catalog changes.
 *
 * (Envelop's `onExecute` does not run for events, so what executes them is replaced here.)
 */
export function useSubscription(options: SubscriptionOptions): LifecyclePlugin {
  const { schema, sessions, catalog, operationTimeout, metrics } = options;
  const count = limitSubscriptions(options.limits);
  const watch = watchAccess(catalog);
  const inTurn = createTurns(options.eventsAtOnce);

  return {
    onSubscribe({ args: { document, contextValue, operationName, variableValues }, setSubscribeFn }) {
      const { exchange } = contextValue;
      setSubscribeFn(() => open(exchange, { schema, document, operationName, variableValues }));
    },
  };

  /** @returns the results as they come, or the reason why there will be none */
  async function open(
    exchange: Exchange,
    execution: Execution,
  ): Promise<ExecutionResult | AsyncIterable<ExecutionResult>> {
    const { operation, access, principal } = exchange;
    if (!operation || !access || !principal)
      throw new Error('An operation got past routing or authentication.');
    using opening = new DisposableStack();
    opening.use(count(principal, access.tenant.limits));
    const lifetime = opening.use(new Lifetime(exchange));
    opening.use(watch({ access, lifetime }));
    exchange.enter('execution');
    exchange.executed = true;

    const session = createSession(operation, lifetime, {
      requestId: exchange.id,
      tenant: access.tenant,
      membership: access.membership,
      principal,
      operationName: operation.name,
      ...(exchange.allowedTenants && { allowedTenants: exchange.allowedTenants }),
    });
    const ended: OpeningSubscription = {
      signal: lifetime.signal,
      end: (problem) => lifetime.end(problem),
    };
    let source: AsyncIterable<unknown> | undefined;
    const subscribe: ExecuteDocument = async (contextValue) => {
      const result = await createSourceEventStream({ ...execution, contextValue });
      if (!isAsyncIterable(result)) return result;
      source = result;
      return {};
    };
    const refusal = await exchange
      .within(() => session(subscribe, ended))
      .catch((error: unknown) => {
        throw error instanceof Completed
          ? problems.SHUTTING_DOWN('This gateway stops; subscribe again.')
          : error;
      });
    if (!source) return refusal;

    exchange.subscription = lifetime.signal;
    exchange.events = 0;
    metrics.subscriptions(1);
    opening.defer(() => metrics.subscriptions(-1));
    lifetime.keep(opening.move());
    return deliver({
      exchange,
      access,
      lifetime,
      events: source[Symbol.asyncIterator](),
      resultOf: (rootValue) =>
        inTurn(() =>
          traceEvent(exchange, () =>
            session((contextValue) => execute({ ...execution, rootValue, contextValue })),
          ),
        ),
    });
  }

  /** Sessions of one subscription, one for each call, under the time limit of an operation. */
  function createSession(
    operation: OperationRecord,
    lifetime: Lifetime,
    facts: Omit<OperationFacts, 'signal' | 'subscription'>,
  ) {
    return async (work: ExecuteDocument, subscription?: OpeningSubscription): Promise<ExecutionResult> => {
      const began = performance.now();
      // Its schema may have been migrated since.
      const tenant = (await catalog.byId(facts.tenant.id)) ?? facts.tenant;
      try {
        return await lifetime.within(operationTimeout, (signal) =>
          sessions.query(
            { ...facts, tenant, signal, ...(subscription && { subscription }) },
            work,
            operation.report,
          ),
        );
      } finally {
        operation.duration += performance.now() - began;
      }
    };
  }

  /** Ends when the lifetime does; the last result then says why, unless the client left or nothing went wrong. */
  async function* deliver(subscription: Subscription): AsyncGenerator<ExecutionResult, undefined> {
    const { exchange, access, lifetime, events, resultOf } = subscription;
    try {
      for (;;) {
        const next = await untilAborted(lifetime.signal, () => events.next());
        if (next.done) return undefined;
        if (!(await catalog.stillHolds(access))) throw accessChanged();
        const result = await resultOf(next.value);
        // What came meanwhile beats the event.
        lifetime.signal.throwIfAborted();
        if (isHidden(result)) continue;
        metrics.event();
        exchange.events = (exchange.events ?? 0) + 1;
        yield result;
      }
    } catch (error) {
      const { errors } = failure(error);
      if (errors && !(error instanceof Completed) && !exchange.signal.aborted) yield { errors };
      return undefined;
    } finally {
      lifetime.end();
      // Nobody waits for it: a module's generator may be in the middle of something.
      Promise.resolve(events.return?.()).catch(() => undefined);
    }
  }
}

/** The event's row is hidden from this caller, or no longer there. */
function isHidden({ errors = [] }: ExecutionResult): boolean {
  const [first] = errors;
  return first?.path?.length === 1 && show(first).code === 'NOT_FOUND';
}
