import type { GraphQLSchema } from 'graphql';
import { createAuthenticator } from './authentication/authenticator.ts';
import { createDevelopmentIssuer, type DevelopmentIssuer } from './authentication/development-issuer.ts';
import { policyFilters } from './authorization/policies.ts';
import { rolePermissions } from './authorization/roles.ts';
import { type Config, masterKeysIn } from './config.ts';
import { loginUrl } from './database/keys.ts';
import { tenantDatabaseOptions } from './database/settings.ts';
import { createTenantDatabase } from './database/tenant-database.ts';
import { createMasterKeys } from './encryption/master-keys.ts';
import { createTenantCiphers } from './encryption/tenant-ciphers.ts';
import { openEventFeed } from './events/feed.ts';
import { publishInto } from './events/outgoing.ts';
import { readMigrations } from './fleet/migrations.ts';
import { createGraphiql } from './http/graphiql/index.ts';
import { createHttpServer, type Pages, serverOptionsOf } from './http/server.ts';
import { createMailbox } from './jobs/mail/mailbox.ts';
import { mailPages } from './jobs/mail/page.ts';
import { enqueueInto } from './jobs/outbox.ts';
import { createLifecycle, limitsOf, trustedDocumentsOf } from './lifecycle/index.ts';
import type { Module } from './module.ts';
import { composeModules } from './platform/index.ts';
import { createModuleOrm, createModuleSchema, servicesOf } from './schema.ts';
import { createSessionRunner } from './session/create-runner.ts';
import { createFailureTrail } from './session/trail.ts';
import { createLogger, type Logger } from './telemetry/logger.ts';
import { createMetrics } from './telemetry/metrics.ts';
import { traceStatements } from './telemetry/statement-spans.ts';
import { type Catalog, createCatalog } from './tenancy/catalog/catalog.ts';

export interface GatewayOptions {
  readonly config: Config;
  /** What the API is made of, besides the platform's own modules. */
  readonly modules: readonly Module[];
  /** @default one that writes to standard output */
  readonly logger?: Logger;
  /** `yoga` sends every request the long way; for tests, which compare the two. @default 'both' */
  readonly doors?: 'both' | 'yoga';
  /** False has resolvers make every reply; for tests, which compare the two. @default true */
  readonly passThrough?: boolean | undefined;
}

/** A gateway: one GraphQL API for all tenants. */
export interface Gateway extends AsyncDisposable {
  readonly schema: GraphQLSchema;
  /** Listens. @throws PortTaken */
  listen(): Promise<{ readonly port: number; readonly metricsPort: number | undefined }>;
  /** Answers what was accepted, then leaves the database. */
  close(): Promise<void>;
}

/**
 * Puts a gateway together. The database must be installed; its tenants may be behind, and are refused then.
 *
 * @throws Error when the modules don't fit together, or the catalog can't be read.
 */
export async function createGateway(options: GatewayOptions): Promise<Gateway> {
  const { config, doors = 'both' } = options;
  const logger = options.logger ?? createLogger({ level: config.INSULA_LOG_LEVEL });
  const modules = composeModules(options.modules);
  await using resources = new AsyncDisposableStack();

  const metrics = createMetrics({ tenants: config.INSULA_METRICS_TENANTS, process: true });
  const traceStatement = traceStatements(config.DATABASE_URL);
  const database = resources.use(
    createTenantDatabase({
      ...tenantDatabaseOptions(config, config.INSULA_MAX_CONNECTIONS),
      logger,
      onQuery: (statement) => {
        metrics.query(statement.duration);
        traceStatement(statement);
      },
    }),
  );
  metrics.watchPool('gateway', database.pool);
  const catalog = resources.use(
    await createCatalog({
      url: loginUrl(config.DATABASE_URL, config.INSULA_MASTER_KEY, 'directory'),
      heartbeat: config.INSULA_CATALOG_HEARTBEAT,
      overdue: config.INSULA_CATALOG_OVERDUE,
      logger,
    }),
  );

  const orm = createModuleOrm(modules, {
    dialect: database.dialect,
    filters: policyFilters(modules.flatMap(({ policies = [] }) => policies)),
  });
  const schema = createModuleSchema(modules, orm, {
    defaultPageSize: config.INSULA_PAGE_SIZE,
    maxPageSize: config.INSULA_MAX_PAGE_SIZE,
  });
  const development = await developmentIssuer(config);
  const feed = openEventFeed({
    url: loginUrl(config.DATABASE_URL, config.INSULA_MASTER_KEY, 'directory'),
    every: config.INSULA_EVENT_INTERVAL,
    queue: config.INSULA_EVENT_QUEUE,
    logger,
  });
  const trail = createFailureTrail({
    database,
    perMinute: config.INSULA_FAILURES_PER_MINUTE,
    statementTimeout: config.INSULA_STATEMENT_TIMEOUT,
    logger,
    onUnrecorded: metrics.unrecorded,
  });
  const identification = {
    sources: config.INSULA_TENANT_SOURCES,
    baseDomains: config.INSULA_BASE_DOMAINS,
  };
  const lifecycle = createLifecycle({
    schema,
    authenticator: createAuthenticator({
      issuers: development ? [development.issuer] : config.INSULA_ISSUERS,
      apiKeys: catalog,
      logger,
    }),
    identification,
    catalog,
    expectedSchema: readMigrations(modules),
    rolePermissions: rolePermissions(modules),
    sessions: createSessionRunner({
      database,
      orm,
      catalog,
      roles: rolePermissions(modules),
      services: servicesOf(modules),
      ciphers: createTenantCiphers({
        masterKeys: createMasterKeys(masterKeysIn(config)),
        loadWrappedKey: (tenant) => catalog.wrappedKey(tenant),
      }),
      enqueueInto,
      publishInto,
      eventSource: feed,
      trail,
      statementTimeout: config.INSULA_STATEMENT_TIMEOUT,
    }),
    trail,
    limits: limitsOf(config),
    trustedDocuments: trustedDocumentsOf(config),
    eventsAtOnce: Math.max(1, Math.floor(config.INSULA_MAX_CONNECTIONS / 2)),
    production: config.mode === 'production',
    passThrough: options.passThrough,
    logger,
    metrics,
  });
  const server = resources.use(
    createHttpServer({
      schema,
      lifecycle,
      logger,
      // They name tenants: production shows them on a port of their own, or to nobody.
      ...((config.mode === 'development' || config.INSULA_METRICS_PORT !== undefined) && { metrics }),
      ready: () => canReach(catalog),
      doors,
      pages: { ...(development && keyPage(development)), ...caughtMail(config) },
      ...(config.mode === 'development' && {
        graphiql: createGraphiql({
          catalog,
          identification,
          issuer: development,
          examples: modules.flatMap(({ examples = [] }) => examples),
        }),
      }),
      ...serverOptionsOf(config),
    }),
  );

  // Closed first: subscriptions complete, or the server would wait for them.
  resources.use(feed);
  const owned = resources.move();
  const close = () => owned.disposeAsync();
  return { schema, listen: () => server.listen(), close, [Symbol.asyncDispose]: close };
}

/** Whether the catalog can be read: any tenant's id will do, also one that nobody has. */
async function canReach(catalog: Catalog): Promise<boolean> {
  return catalog.byId(`t_${'0'.repeat(16)}`).then(
    () => true,
    () => false,
  );
}

/** Development without configured issuers is its own. */
async function developmentIssuer({ mode, INSULA_ISSUERS, INSULA_DIRECTORY }: Config) {
  if (mode === 'production' || INSULA_ISSUERS.length > 0) return undefined;
  return createDevelopmentIssuer({ directory: INSULA_DIRECTORY });
}

/** Development without a mail server shows what its worker would have sent. */
function caughtMail({ mode, INSULA_SMTP_URL, INSULA_DIRECTORY, INSULA_MAIL_FROM }: Config): Pages {
  if (mode === 'production' || INSULA_SMTP_URL !== undefined) return {};
  return mailPages(createMailbox({ directory: INSULA_DIRECTORY, from: INSULA_MAIL_FROM }).letters);
}

/** Where whoever is to trust development's tokens finds its keys. */
function keyPage(issuer: DevelopmentIssuer): Pages {
  return {
    '/.well-known/jwks.json': () => ({
      status: 200,
      contentType: 'application/jwk-set+json',
      body: JSON.stringify(issuer.jwks()),
    }),
  };
}
