import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { createDevelopmentIssuer } from '../authentication/development-issuer.ts';
import { knownRoles } from '../authorization/roles.ts';
import { readSettings } from '../config.ts';
import { loginUrl } from '../database/keys.ts';
import { migrate } from '../fleet/migrate.ts';
import { readMigrations } from '../fleet/migrations.ts';
import { createGateway } from '../gateway.ts';
import type { Module } from '../module.ts';
import { composeModules } from '../platform/index.ts';
import { createLogger } from '../telemetry/logger.ts';
import { createTestClient, type TestClient } from './client.ts';
import { copyDatabaseWithRoles, MASTER_KEY, templateUrl } from './database.ts';
import { send } from './request.ts';
import { makeTenants, memberForEach } from './tenants.ts';

export interface TestGatewayOptions {
  /** The modules under test; those of the platform, and those that these depend on, come with them. */
  readonly modules: readonly Module[];
  /** Slugs of the tenants to make. @default ['north', 'south'] */
  readonly tenants?: readonly string[];
  /** Settings by the names of their environment variables. @default {} */
  readonly settings?: Readonly<Record<string, string>>;
  /**
   * A database for tests on a server of yours, with a superuser's name and password. It is installed into when it is
   * first used and copied for each gateway; the copies are dropped.
   *
   * @default the environment's TEST_DATABASE_URL, or a throw-away PostgreSQL of this process
   */
  readonly databaseUrl?: string;
  /** Serves the tenants of another test gateway, as during a deployment; it must outlive this one. @default none */
  readonly beside?: TestGateway;
}

/** A whole gateway over HTTP, in development's mode, on a database of its own. */
export interface TestGateway extends AsyncDisposable {
  readonly port: number;
  /** The address of its database, with a superuser's name and password. */
  readonly databaseUrl: string;
  /** The ids of the tenants, by their slugs. */
  readonly tenants: Readonly<Record<string, string>>;
  /** What the gateway has logged. */
  readonly log: readonly Readonly<Record<string, unknown>>[];
  /**
   * A client for the member who has that role alone, and every role of the modules has such a member; null for somebody
   * who shows no token.
   *
   * @param tenant a slug; the first tenant when it is left out
   * @throws Error when no module gives the role a permission, or there is no such tenant
   */
  as(role: string | null, tenant?: string): TestClient;
  /** Brings all tenants to the migrations of this gateway's modules. @throws Error when one of them fails */
  migrate(): Promise<void>;
  /** Runs a statement as a superuser with the tenant's schema as search path, past every rule: to look beneath the API. */
  query<Row extends object>(tenant: string, statement: string, values?: readonly unknown[]): Promise<Row[]>;
}

/** Seconds. */
const TOKEN_LIFETIME = 3600;

/**
 * Starts a gateway for a test: an own database, tenants, a member for each role. Disposing of it leaves nothing.
 *
 * @throws Error when the modules don't fit together, a migration fails, or PostgreSQL can't be reached
 * @example
 * await using gateway = await createTestGateway({ modules: [tasks] });
 * const { data } = await gateway.as('owner').execute('{ tasks { totalCount } }');
 */
export async function createTestGateway(options: TestGatewayOptions): Promise<TestGateway> {
  const { tenants: slugs = ['north', 'south'], settings = {}, beside } = options;
  const modules = composeModules(options.modules);
  const roles = knownRoles(modules);
  await using resources = new AsyncDisposableStack();
  const databaseUrl = beside?.databaseUrl ?? (await ownDatabase(options.databaseUrl, resources));
  const tenants =
    beside?.tenants ??
    (await makeTenants(
      databaseUrl,
      modules,
      Object.fromEntries(slugs.map((slug) => [slug, memberForEach(roles, slug)])),
    ));

  const directory = mkdtempSync(join(tmpdir(), 'insula-gateway-'));
  resources.defer(() => rmSync(directory, { recursive: true }));
  const log: Record<string, unknown>[] = [];
  const common = { PORT: '0', HOST: '127.0.0.1', INSULA_DIRECTORY: directory, INSULA_DRAIN_NOTICE: '0' };
  const config = {
    ...readSettings({ ...common, ...settings }, 'development'),
    DATABASE_URL: databaseUrl,
    INSULA_MASTER_KEY: MASTER_KEY,
  };
  const logger = createLogger({
    level: config.INSULA_LOG_LEVEL,
    stream: { write: (line) => log.push(JSON.parse(line)) },
  });
  const gateway = resources.use(await createGateway({ config, modules, logger }));
  const { port } = await gateway.listen();
  const { sign } = await createDevelopmentIssuer({ directory });

  const client = (role: string | null, slug: string) =>
    createTestClient(async <Data>(query: string, variables: unknown) => {
      const token = role && (await sign({ subject: `${role}@${slug}.example`, expiresIn: TOKEN_LIFETIME }));
      return send<Data>(port, {
        host: `${slug}.localhost:${port}`,
        headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
        body: JSON.stringify({ query, variables }),
      });
    });

  const owned = resources.move();
  return {
    port,
    databaseUrl,
    tenants,
    log,
    as(role, tenant = Object.keys(tenants)[0] ?? '') {
      assertKnown('tenant', tenant, Object.keys(tenants));
      if (role !== null) assertKnown('role', role, [...roles]);
      return client(role, tenant);
    },
    migrate: () => migrateAll(databaseUrl, modules),
    query<Row extends object>(tenant: string, statement: string, values: readonly unknown[] = []) {
      assertKnown('tenant', tenant, Object.keys(tenants));
      return queryAsSuperuser<Row>(databaseUrl, tenants[tenant] ?? '', statement, values);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function ownDatabase(given: string | undefined, resources: AsyncDisposableStack): Promise<string> {
  const template = await templateUrl(given ?? process.env.TEST_DATABASE_URL);
  return resources.use(await copyDatabaseWithRoles(template)).adminUrl;
}

function assertKnown(kind: string, name: string, known: readonly string[]): void {
  if (!known.includes(name)) throw new Error(`There is no ${kind} "${name}"; there are ${known.join(', ')}.`);
}

async function migrateAll(databaseUrl: string, modules: readonly Module[]): Promise<void> {
  const owner = new pg.Pool({ connectionString: loginUrl(databaseUrl, MASTER_KEY, 'owner'), max: 4 });
  try {
    const { failed } = await migrate({ owner, plan: readMigrations(modules) });
    const messages = failed.map(({ slug, failure }) => `${slug} was not migrated: ${failure?.message}`);
    if (messages.length > 0) throw new Error(messages.join('\n'));
  } finally {
    await owner.end();
  }
}

/** @param schema whose names stand for themselves */
export async function queryAsSuperuser<Row extends object>(
  databaseUrl: string,
  schema: string,
  statement: string,
  values: readonly unknown[],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'insula test' });
  await client.connect();
  try {
    await client.query(`set search_path = ${pg.escapeIdentifier(schema)}`);
    return (await client.query<Row>(statement, [...values])).rows;
  } finally {
    await client.end();
  }
}
