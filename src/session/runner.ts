import type { ExecutionResult } from 'graphql';
import type { Principal } from '../authorization/principal.ts';
import type { Membership, Tenant } from '../tenancy/tenant.ts';
import type { RequestContext } from './context.ts';
import type { IdempotencyClaim } from './idempotency.ts';
import type { OpeningSubscription } from './topics.ts';

/** What is known of an operation before it runs. */
export interface OperationFacts {
  readonly requestId: string;
  readonly tenant: Tenant;
  readonly membership: Membership;
  readonly principal: Principal;
  /** The only tenants, by slug or id, for which the caller's issuer is trusted. @default all */
  readonly allowedTenants?: readonly string[];
  /** The operation's name in the document, for the audit trail. */
  readonly operationName: string | null;
  /** From the `Idempotency-Key` header of a mutation, with a digest of query, variables and operation name. */
  readonly idempotency?: IdempotencyClaim;
  /** What a field of the mutation asks for. @default 'read committed' */
  readonly isolation?: 'serializable';
  /**
   * Whether a query is expected to send one statement alone, which is cheaper; when it sends more it runs again, from
   * one snapshot. @default false
   */
  readonly single?: boolean;
  /** Aborted when the client goes away or the operation's time is over. */
  readonly signal: AbortSignal;
  /** What this operation opens. @default nothing that outlives it */
  readonly subscription?: OpeningSubscription;
}

/** What an operation cost, for the request log and the metrics. */
export interface SessionReport {
  /** Statements sent on behalf of the operation, over all attempts. */
  statements: number;
  /** Milliseconds that the database took, over all attempts. */
  databaseTime: number;
  attempts: number;
  /** True when the reply is the stored one of an earlier request with the same idempotency key. */
  replayed: boolean;
}

/** Executes the document with a context; called again, with a new context, when an attempt is repeated. */
export type ExecuteDocument = (context: RequestContext) => Promise<ExecutionResult> | ExecutionResult;

/** Runs operations inside the tenant's session. See the transaction contract in docs/architecture.md. */
export interface SessionRunner {
  /** Read only, one snapshot; partial data is possible. */
  query(facts: OperationFacts, execute: ExecuteDocument, report: SessionReport): Promise<ExecutionResult>;
  /** Atomic: committed before it returns, or rolled back with `data: null` and the error that says why. */
  mutation(facts: OperationFacts, execute: ExecuteDocument, report: SessionReport): Promise<ExecutionResult>;
}
