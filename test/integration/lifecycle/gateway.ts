import type { GraphQLError } from 'graphql';
import type { Authenticator } from '../../../src/authentication/authenticator.ts';
import { rolePermissions } from '../../../src/authorization/roles.ts';
import { problems } from '../../../src/errors/problems.ts';
import { createHttpServer, type HttpServerOptions } from '../../../src/http/server.ts';
import { createLifecycle, type Limits, limitsOf } from '../../../src/lifecycle/index.ts';
import { lifecycleSettings } from '../../../src/lifecycle/settings.ts';
import type { RequestContext } from '../../../src/session/context.ts';
import type { OperationFacts, SessionRunner } from '../../../src/session/runner.ts';
import { createLogger } from '../../../src/telemetry/logger.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';
import type { Catalog } from '../../../src/tenancy/catalog/catalog.ts';
import type { Tenant } from '../../../src/tenancy/tenant.ts';
import { type RawOptions, type RawReply, type RawStep, rawRequest, sendRaw } from '../../support/raw-http.ts';
import { Collision, createTestSchema, type Store } from './schema.ts';

/** Every test of HTTP and lifecycle runs through both. */
export const doors = ['both', 'yoga'] as const;

export interface GatewayOptions
  extends Partial<Pick<HttpServerOptions, 'doors' | 'corsOrigins' | 'requestTimeout'>> {
  readonly production?: boolean;
  readonly limits?: Partial<Limits>;
}

export interface Body {
  readonly query?: unknown;
  readonly variables?: unknown;
  readonly operationName?: unknown;
  readonly extensions?: unknown;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly body: {
    readonly data?: Record<string, unknown> | null;
    readonly errors?: readonly {
      readonly message: string;
      readonly path?: readonly (string | number)[];
      readonly locations?: readonly object[];
      readonly extensions: Record<string, unknown>;
    }[];
  };
  /** Of the first error. */
  readonly code: unknown;
}

/** A gateway over real HTTP, whose catalog, tokens and session are this file's: the phases between are the product's. */
export async function startGateway(options: GatewayOptions = {}) {
  const store: Store = { count: 0, pending: 0, attempts: 0, contexts: [] };
  const lines: Record<string, unknown>[] = [];
  const facts: OperationFacts[] = [];
  const logger = createLogger({ stream: { write: (text) => lines.push(JSON.parse(text)) } });
  const metrics = createMetrics();
  const schema = createTestSchema(store);
  const lifecycle = createLifecycle({
    schema,
    authenticator,
    identification: { sources: ['subdomain', 'path', 'header', 'claim'], baseDomains: ['localhost'] },
    catalog,
    expectedSchema: { version: 1, hash: 'h' },
    rolePermissions: rolePermissions([
      {
        name: 'secret',
        permissions: { 'secret:read': ['owner'], 'secret:write': ['owner'], 'hidden:read': ['owner'] },
      },
    ]),
    sessions: createTestRunner(store, facts),
    eventsAtOnce: 2,
    limits: { ...limitsOf(lifecycleSettings.parse({})), ...options.limits },
    production: options.production ?? false,
    logger,
    metrics,
  });
  const server = createHttpServer({
    port: 0,
    host: '127.0.0.1',
    schema,
    lifecycle,
    logger,
    metrics,
    ready: () => true,
    ...options,
  });
  const { port } = await server.listen();

  const send = async (
    body: Body | string | Buffer,
    headers: Record<string, string> = {},
    head = 'POST /graphql',
  ): Promise<Reply> => {
    const payload = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    const all = {
      authorization: 'Bearer owner',
      'content-type': 'application/json',
      'x-tenant-id': 'acme',
      ...headers,
    };
    const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''));
    const [reply] = await sendRaw(port, [rawRequest(head, given, payload)]);
    return readReply(reply);
  };
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    store,
    lines,
    facts,
    metrics,
    close: () => server.close(),
    /** Sends a POST as the owner of `acme`; an empty header is left out. */
    send,
    /** The same, as a client that reads statuses. */
    ask: (query: string, rest: Omit<Body, 'query'> = {}, headers: Record<string, string> = {}) =>
      send({ query, ...rest }, { accept: 'application/graphql-response+json', ...headers }),
    get: (parameters: Record<string, string>, headers: Record<string, string> = {}) =>
      send('', { 'content-type': '', ...headers }, `GET /graphql?${new URLSearchParams(parameters)}`),
    raw: (steps: readonly RawStep[], rawOptions?: RawOptions) => sendRaw(port, steps, rawOptions),
    /** The log line of the latest request, when it is there: it is written after the reply has left. */
    async lastLine(message = 'request'): Promise<Record<string, unknown>> {
      for (let tries = 0; tries < 100; tries++) {
        const found = lines.findLast(({ msg }) => msg === message);
        if (found) return found;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      throw new Error(`No line "${message}" was written.`);
    },
    [Symbol.asyncDispose]: () => server.close(),
  };
}

export type Gateway = Awaited<ReturnType<typeof startGateway>>;

export function readReply(reply: RawReply | undefined): Reply {
  if (!reply) throw new Error('There was no reply.');
  const { status, headers, body: text } = reply;
  const body: Reply['body'] = headers['content-type']?.includes('json') ? JSON.parse(text) : {};
  return { status, headers, text, body, code: body.errors?.[0]?.extensions.code };
}

const tenant = (slug: string, change: Partial<Tenant> = {}): Tenant => ({
  id: `t_${slug.padEnd(16, '0')}`,
  slug,
  name: slug,
  status: 'active',
  schemaVersion: 1,
  schemaHash: 'h',
  migrationFailed: false,
  limits: {},
  ...change,
});

const tenants = [
  tenant('acme'),
  tenant('globex'),
  tenant('stopped', { status: 'suspended' }),
  tenant('behind', { schemaVersion: 0 }),
];

const members: Record<string, readonly string[]> = { owner: ['owner'], viewer: ['viewer'] };

const catalog: Omit<Catalog, 'membershipsOf' | 'membersOf' | 'wrappedKey' | typeof Symbol.asyncDispose> = {
  bySlug: async (slug) => tenants.find((candidate) => candidate.slug === slug),
  byId: async (id) => tenants.find((candidate) => candidate.id === id),
  byDomain: async () => undefined,
  apiKey: async () => undefined,
  async membership(id, subject) {
    const roles = members[subject];
    return roles && { tenant: id, subject, roles };
  },
  generation: 1n,
  stillHolds: async () => true,
};

/** `Bearer owner`, `Bearer viewer@acme`: the subject, and after the @ a tenant claim. */
const authenticator: Authenticator = {
  async verify(authorization) {
    const [, subject, claim] = /^Bearer (\w+)(?:@(\w+))?$/.exec(authorization ?? '') ?? [];
    if (!subject || subject === 'expired') {
      throw problems.UNAUTHENTICATED('Send a valid token.', {
        headers: { 'www-authenticate': 'Bearer realm="insula"' },
      });
    }
    return { subject, issuer: 'test', expiresAt: Date.now() + 60_000, ...(claim && { tenant: claim }) };
  },
};

/** One attempt after the other in memory; what an attempt wrote is there only when it ended well. */
function createTestRunner(store: Store, seen: OperationFacts[]): SessionRunner {
  const contextOf = ({ requestId, tenant: own, principal, signal }: OperationFacts): RequestContext => ({
    requestId,
    tenant: own,
    principal,
    signal,
    now: new Date(),
    memberships: async () => [],
    enqueue: async () => {},
    publish: async () => {},
    events(): never {
      throw new Error('There are no events here.');
    },
    get access(): never {
      throw new Error('There is no catalog here.');
    },
    get em(): never {
      throw new Error('There is no database here.');
    },
    use(): never {
      throw new Error('There are no services here.');
    },
  });
  const untilAborted = async <Result>(
    signal: AbortSignal,
    work: Promise<Result> | Result,
  ): Promise<Result> => {
    const { promise, reject } = Promise.withResolvers<never>();
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    return Promise.race([work, promise]);
  };
  const collided = (error: GraphQLError) => error.originalError instanceof Collision;
  return {
    async query(facts, execute, report) {
      seen.push(facts);
      report.attempts = 1;
      report.statements = 1;
      report.databaseTime = 0.25;
      return untilAborted(facts.signal, execute(contextOf(facts)));
    },
    async mutation(facts, execute, report) {
      seen.push(facts);
      for (store.attempts = 1; ; store.attempts++) {
        store.pending = 0;
        report.attempts = store.attempts;
        report.statements += 1;
        const result = await untilAborted(facts.signal, execute(contextOf(facts)));
        if (result.errors?.some(collided)) continue;
        if (result.errors?.length) return { ...result, data: null };
        store.count += store.pending;
        return result;
      }
    },
  };
}
