/** A row of a request's life: its code in test names, what happens, and the files that do it. */
export interface Phase {
  readonly code: string;
  readonly name: string;
  /** A sentence or two, for the table. */
  readonly what: string;
  /** Files, or folders that do nothing else. */
  readonly files: readonly string[];
  /** The phases that make up this one, where it has none of its own. */
  readonly of?: readonly string[];
}

/** In the order of a request's life. */
export const phases: readonly Phase[] = [
  {
    code: 'RI',
    name: 'Request initiation',
    what: 'HTTP comes in through one of two doors; address and request id are settled before anything else; method, media types and size, once the caller is known, before the body is read.',
    files: ['src/http', 'src/lifecycle/request-initiation.ts', 'src/lifecycle/exchange.ts', 'src/start'],
  },
  {
    code: 'MP',
    name: 'Middleware',
    what: 'Tenant, caller and session, one plugin for each, in one ordered list.',
    files: ['src/lifecycle/index.ts'],
    of: ['TI', 'AN', 'SI'],
  },
  {
    code: 'TI',
    name: 'Tenant identification',
    what: 'Subdomain, custom domain, path, header and claim may name the tenant; two that disagree are refused, and only members learn what became of it.',
    files: ['src/lifecycle/tenant-identification.ts', 'src/tenancy', 'src/authentication/admission.ts'],
  },
  {
    code: 'AN',
    name: 'Authentication',
    what: 'The token is verified before the body is read; its bearer must be a member of the tenant, and a revoked membership beats every cache within a second.',
    files: ['src/lifecycle/authentication.ts', 'src/authentication'],
  },
  {
    code: 'SI',
    name: 'Session initialisation',
    what: 'A unit of work bound to the tenant’s schema and role. Nothing is sent before the first statement; BEGIN, settings and role travel with it.',
    files: [
      'src/lifecycle/session.ts',
      'src/lifecycle/subscription.ts',
      'src/session/create-runner.ts',
      'src/database/opening.ts',
      'src/database/doors',
    ],
  },
  {
    code: 'RR',
    name: 'Routing',
    what: 'Which operation of the document is asked for; what is known of a document is kept for all tenants.',
    files: [
      'src/lifecycle/routing.ts',
      'src/lifecycle/document.ts',
      'src/lifecycle/known-documents.ts',
      'src/lifecycle/jit.ts',
    ],
  },
  {
    code: 'DI',
    name: 'Dependency injection',
    what: 'Modules say what they bring; resolvers and services find services by their definition.',
    files: ['src/module.ts', 'src/session/services.ts', 'src/platform/index.ts'],
  },
  {
    code: 'RS',
    name: 'Request scope',
    what: 'A service is created when first asked for, once for each request, and anew for each repetition.',
    files: ['src/session/services.ts', 'src/session/context.ts'],
  },
  {
    code: 'EE',
    name: 'Endpoint execution',
    what: 'Validation, authorization, business logic and the database, in that order.',
    files: ['src/lifecycle/session.ts', 'src/lifecycle/single-statements.ts'],
    of: ['DV', 'AZ', 'BL', 'DO'],
  },
  {
    code: 'DV',
    name: 'Data validation',
    what: 'Variables fit their types and inputs their rules before any business logic; all faults are told at once, with their paths.',
    files: [
      'src/lifecycle/data-validation.ts',
      'src/graphql/validation-plugin.ts',
      'src/graphql/scalars.ts',
      'src/graphql/global-id.ts',
    ],
  },
  {
    code: 'AZ',
    name: 'Authorization',
    what: 'Every field states a permission, decided once for each document before anything is loaded; row policies hold on every path to an entity.',
    files: ['src/authorization', 'src/lifecycle/authorization.ts', 'src/graphql/permissions-plugin.ts'],
  },
  {
    code: 'BL',
    name: 'Business logic',
    what: 'Resolvers are a line long; what a module knows of its trade is in its service.',
    files: ['src/modules'],
  },
  {
    code: 'SL',
    name: 'Service layer',
    what: 'Services call each other and the session; what talks to the outside is a job.',
    files: ['src/session/services.ts', 'src/session/jobs.ts', 'src/modules'],
  },
  {
    code: 'DO',
    name: 'Database operations',
    what: 'Inside the tenant’s schema, as the tenant’s role. A read is one statement for each root field; the guard lets plain statements through and nothing else.',
    files: ['src/database', 'packages/pothos-mikro-orm/src'],
  },
  {
    code: 'DS',
    name: 'Data security',
    what: 'Sensitive columns and stored replies are encrypted with the tenant’s own key; credentials and the values of variables stay out of logs.',
    files: [
      'src/encryption',
      'src/fleet/tenant-keys.ts',
      'src/session/idempotency.ts',
      'src/telemetry/logger.ts',
    ],
  },
  {
    code: 'RG',
    name: 'Result generation',
    what: 'Data and errors of the operation; partial data for a query, all or nothing for a mutation.',
    files: ['src/lifecycle/result.ts', 'src/lifecycle/pass-through.ts', 'src/session/outcome.ts'],
  },
  {
    code: 'DP',
    name: 'Data processing',
    what: 'Rows become what the API shows: exact values, pages with stable cursors, totals.',
    files: [
      'packages/pothos-mikro-orm/src/connection',
      'packages/pothos-mikro-orm/src/sql',
      'packages/pothos-mikro-orm/src/shape',
    ],
  },
  {
    code: 'RC',
    name: 'Response creation',
    what: 'Status, headers and body, the same through both doors.',
    files: ['src/lifecycle/response.ts', 'src/lifecycle/accept.ts'],
  },
  {
    code: 'DM',
    name: 'Database session management',
    what: 'The transaction ends before the reply: committed, or rolled back without a trace.',
    files: ['src/session/create-runner.ts'],
    of: ['SC', 'SD'],
  },
  {
    code: 'SC',
    name: 'Commit and rollback',
    what: 'A mutation is kept whole or not at all; refusals for another’s sake are repeated, an idempotency key has one effect, a lost answer is looked up.',
    files: [
      'src/session/create-runner.ts',
      'src/session/repetition.ts',
      'src/session/idempotency.ts',
      'src/database/outcome.ts',
    ],
  },
  {
    code: 'SD',
    name: 'Session closure',
    what: 'The connection goes back clean, or is closed.',
    files: ['src/database/pool.ts', 'src/database/postgres-transaction.ts'],
  },
  {
    code: 'RD',
    name: 'Response delivery',
    what: 'The reply leaves; a gateway that stops answers what it has accepted.',
    files: [
      'src/http/short-door.ts',
      'src/http/yoga-door.ts',
      'src/http/draining-server.ts',
      'src/http/event-stream.ts',
      'src/events',
    ],
  },
  {
    code: 'ML',
    name: 'Logging and monitoring',
    what: 'What happened, told to those who operate the gateway.',
    files: ['src/telemetry'],
    of: ['RL', 'EH', 'MC'],
  },
  {
    code: 'RL',
    name: 'Request log',
    what: 'One structured line for each request, refused ones too; no values of variables.',
    files: ['src/lifecycle/request-log.ts', 'src/telemetry/logger.ts'],
  },
  {
    code: 'EH',
    name: 'Error handling',
    what: 'Errors that are meant for readers carry a stable code; all others are logged whole and masked.',
    files: ['src/errors', 'src/lifecycle/result.ts', 'src/database/failures.ts'],
  },
  {
    code: 'MC',
    name: 'Metrics',
    what: 'Durations of phases, operations and queries, the pool, refusals; labels by tenant are bounded. Spans of the same for whoever traces.',
    files: [
      'src/lifecycle/metrics.ts',
      'src/telemetry/metrics.ts',
      'src/lifecycle/tracing.ts',
      'src/telemetry/spans.ts',
    ],
  },
  {
    code: 'SM',
    name: 'Security measures',
    what: 'Limits on body, document, tokens, depth, aliases, root fields, pages, cost and time; forged cross-site requests are refused; production keeps the schema to itself.',
    files: ['src/lifecycle/protection', 'src/http/cross-origin.ts', 'src/http/headers.ts'],
  },
  {
    code: 'PR',
    name: 'Post-request actions',
    what: 'What is left to do after the reply.',
    files: ['src/jobs'],
    of: ['AT', 'SR'],
  },
  {
    code: 'AT',
    name: 'Asynchronous tasks',
    what: 'Jobs are written down in the operation’s transaction; workers run them in sessions of their tenants. In the database each is done once, whoever is killed when; outside at least once.',
    files: ['src/jobs', 'src/session/jobs.ts', 'src/start/worker.ts'],
  },
  {
    code: 'SR',
    name: 'Session clean-up',
    what: 'A client that goes away cancels its statement and nobody else’s; processes leave nothing behind.',
    files: [
      'src/lifecycle/clean-up.ts',
      'src/lifecycle/subscription-lifetime.ts',
      'src/database/wire',
      'src/start/shutdown.ts',
    ],
  },
  {
    code: 'AL',
    name: 'Audit logging',
    what: 'Who changed what, written by the database itself.',
    files: ['src/audit'],
    of: ['TA'],
  },
  {
    code: 'TA',
    name: 'Audit trail',
    what: 'Old and new rows of every change, in the same transaction, bound to a signed operation without which nothing can be written.',
    files: ['src/audit', 'src/fleet/protection.sql'],
  },
];
