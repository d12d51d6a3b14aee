import type { GraphQLSchema } from 'graphql';
import type { SessionRunner } from '../session/runner.ts';
import type { FailureTrail } from '../session/trail.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { TenantLimits } from '../tenancy/limits.ts';
import type { Watched } from './access-watch.ts';
import { type AuthenticationOptions, useAuthentication } from './authentication.ts';
import { useAuthorization } from './authorization.ts';
import { useCleanUp } from './clean-up.ts';
import type { ListedPlugin } from './context.ts';
import { useDataValidation } from './data-validation.ts';
import { useDocument } from './document.ts';
import { useFairShare } from './fair-share.ts';
import { useJit } from './jit.ts';
import { useKnownDocuments } from './known-documents.ts';
import { useMetrics } from './metrics.ts';
import { usePassThrough } from './pass-through.ts';
import { useForgeryProtection } from './protection/forgery.ts';
import {
  type CostLimits,
  type DocumentLimits,
  documentProtection,
  useCostLimit,
} from './protection/index.ts';
import type { SubscriptionLimits } from './protection/subscriptions.ts';
import { useRequestInitiation, useRequestReading } from './request-initiation.ts';
import { useRequestLog } from './request-log.ts';
import { useResult } from './result.ts';
import { useSession } from './session.ts';
import type { LifecycleSettings } from './settings.ts';
import { useSubscription } from './subscription.ts';

import { useTenantIdentification } from './tenant-identification.ts';
import { useTracing } from './tracing.ts';
import { type TrustedDocumentsOptions, useTrustedDocuments } from './trusted-documents.ts';

/** The bounds of a single request. */
export interface Limits
  extends DocumentLimits,
    CostLimits,
    SubscriptionLimits,
    Pick<TenantLimits, 'operationsPerMinute' | 'concurrentOperations'> {
  readonly bodyBytes: number;
  /** Milliseconds. */
  readonly operationTimeout: number;
}

export interface LifecycleOptions extends AuthenticationOptions {
  readonly catalog: AuthenticationOptions['catalog'] & Watched;
  readonly schema: GraphQLSchema;
  readonly sessions: SessionRunner;
  /** Where denials are written down. @default nowhere */
  readonly trail?: FailureTrail;
  readonly limits: Limits;
  /** Documents that are known by their ids. @default there are none, and every other one runs */
  readonly trustedDocuments?: TrustedDocumentsOptions | undefined;
  /** How many events are read from the database at the same time, by all subscriptions together. */
  readonly eventsAtOnce: number;
  /** Keeps the schema to itself: no introspection, no suggestions. */
  readonly production: boolean;
  /** False has resolvers make every reply; for tests, which compare the two. @default true */
  readonly passThrough?: boolean | undefined;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/**
 * The life of a request, a plugin for each phase. The order of this list is the order of what they do before the
 * operation runs. Three places are not free: who watches comes first, so that it sees those who were refused; the
 * compiler replaces what executes, so it comes before the pass-through and the session, which wrap it; who refuses an
 * operation comes before the session, so that nothing is sent for it.
 */
export function createLifecycle(options: LifecycleOptions): ListedPlugin[] {
  const { schema, sessions, trail, limits, production, logger, metrics, identification } = options;
  const { trustedDocuments = { documents: new Map(), only: false } } = options;
  return [
    useRequestLog({ logger }), //                                        RL
    useMetrics({ metrics }), //                                          MC
    useTracing(), //                                                     MC
    useRequestInitiation(), //                                           RI
    useTenantIdentification({ identification }), //                      TI
    ...useAuthentication(options), //                                    AN
    useFairShare({ usual: limits }), //                                  SM
    useRequestReading({ maxBodyBytes: limits.bodyBytes }), //            RI
    useForgeryProtection(), //                                           SM
    useTrustedDocuments(trustedDocuments), //                            SM
    useKnownDocuments(), //                                              RR
    useDocument(documentProtection(limits, production)), //              RR SM
    useDataValidation({ schema, maxListLength: limits.listLength, suggestions: !production }), // DV SM
    useCostLimit(schema, limits), //                                     SM
    useAuthorization({ schema, trail }), //                              AZ
    useJit(), //                                                         RR
    ...(options.passThrough === false ? [] : [usePassThrough({ schema, metrics })]), // RR RG
    useSession({ schema, sessions, operationTimeout: limits.operationTimeout }), // SI SC SD
    useSubscription({ ...options, operationTimeout: limits.operationTimeout }), //  SI SR
    useResult({ logger }), //                                            RG EH
    useCleanUp(), //                                                     SR
  ];
}

/** The limits that the settings ask for. */
export function limitsOf(settings: LifecycleSettings): Limits {
  return {
    bodyBytes: settings.INSULA_MAX_BODY_BYTES,
    documentLength: settings.INSULA_MAX_DOCUMENT_LENGTH,
    tokens: settings.INSULA_MAX_TOKENS,
    depth: settings.INSULA_MAX_DEPTH,
    aliases: settings.INSULA_MAX_ALIASES,
    rootFields: settings.INSULA_MAX_ROOT_FIELDS,
    directives: settings.INSULA_MAX_DIRECTIVES,
    listLength: settings.INSULA_MAX_LIST_LENGTH,
    pageSize: settings.INSULA_MAX_PAGE_SIZE,
    defaultPageSize: settings.INSULA_PAGE_SIZE,
    cost: settings.INSULA_MAX_COST,
    operationTimeout: settings.INSULA_OPERATION_TIMEOUT,
    operationsPerMinute: settings.INSULA_OPERATIONS_PER_MINUTE,
    concurrentOperations: settings.INSULA_CONCURRENT_OPERATIONS,
    subscriptionsPerCaller: settings.INSULA_MAX_SUBSCRIPTIONS_PER_CALLER,
    subscriptionsPerTenant: settings.INSULA_MAX_SUBSCRIPTIONS_PER_TENANT,
  };
}

/**
 * The documents that the settings name.
 *
 * @throws Error where nothing could ever run
 */
export function trustedDocumentsOf(settings: LifecycleSettings): TrustedDocumentsOptions {
  const { INSULA_TRUSTED_DOCUMENTS: documents = new Map(), INSULA_TRUSTED_DOCUMENTS_ONLY: only } = settings;
  if (only && documents.size === 0) {
    throw new Error(
      'INSULA_TRUSTED_DOCUMENTS_ONLY: Without a document in INSULA_TRUSTED_DOCUMENTS nothing can run.',
    );
  }
  return { documents, only };
}
