import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { inject } from 'vitest';
import {
  createDevelopmentIssuer,
  DEVELOPMENT_AUDIENCE,
  DEVELOPMENT_ISSUER,
} from '../../src/authentication/development-issuer.ts';
import { type Mode, readSettings } from '../../src/config.ts';
import { createGateway, type Gateway } from '../../src/gateway.ts';
import type { Module } from '../../src/module.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { MASTER_KEY } from '../../src/testing/database.ts';
import { type GraphQLReply, type RawRequest, send } from '../../src/testing/request.ts';
import { makeTenants, memberForEach } from '../../src/testing/tenants.ts';
import { AUDIENCE, startIssuer } from '../integration/authentication/issuer-server.ts';
import { createDatabase, poolerUrl, type TestDatabase } from './database.ts';

export type { GraphQLReply, ReplyError } from '../../src/testing/request.ts';

/** Both ways into the gateway; every test of HTTP and lifecycle goes through each. */
export const DOORS = ['both', 'yoga'] as const;
export type Doors = (typeof DOORS)[number];

/** One user for each role, as in the demo tenants: `owner@acme.example`. */
export const ROLES = ['owner', 'admin', 'accountant', 'viewer'] as const;

export interface Ask {
  /** The tenant's slug; it goes into the Host header. */
  readonly tenant: string;
  /** Who asks, such as `owner`; null for nobody. @default 'owner' */
  readonly as?: string | null;
  readonly query: string;
  readonly variables?: unknown;
  readonly operationName?: string;
  readonly headers?: Record<string, string>;
}

export interface TestGateway extends AsyncDisposable {
  readonly port: number;
  readonly gateway: Gateway;
  readonly database: TestDatabase;
  /** The ids of the tenants, by slug. */
  readonly tenants: Readonly<Record<string, string>>;
  /** What the gateway has logged, as objects. */
  readonly log: Record<string, unknown>[];
  token(user: string, tenant?: string): Promise<string>;
  /** A token that expires. @param seconds from now */
  shortToken(user: string, seconds: number): Promise<string>;
  ask<Data = Record<string, unknown>>(ask: Ask, signal?: AbortSignal): Promise<GraphQLReply<Data>>;
  /** Sends what `ask` would not: any host, path, method, headers or body. */
  send(request: Partial<RawRequest>): Promise<GraphQLReply<Record<string, unknown>>>;
  /** The rows of a statement that a superuser runs, with the tenant's schema as search path. */
  rows<Row extends object>(tenant: string, statement: string, values?: unknown[]): Promise<Row[]>;
  /** The log line of a request, once it is written. */
  logLine(reply: { readonly headers: IncomingHttpHeaders }): Promise<Record<string, unknown>>;
}

export interface TestGatewayOptions {
  readonly modules: readonly Module[];
  /** Slugs of the tenants to make; each gets a member for each role. @default ['north', 'south'] */
  readonly tenants?: readonly string[];
  readonly doors?: Doors;
  /** False has resolvers make every reply. @default true */
  readonly passThrough?: boolean;
  /** Production believes the tokens of an issuer beside it. @default 'development' */
  readonly mode?: Mode;
  /** Settings by the name of their environment variable. */
  readonly settings?: Record<string, string>;
  /** What the gateway's way to its database leads through. @default nothing */
  readonly through?: (url: string) => Promise<string>;
  /** A database of the caller's, already provisioned, for a second gateway. */
  readonly beside?: TestGateway;
}

/**
 * A whole gateway over HTTP, on a database of its own, with tenants of the given modules. Beyond what `createTestGateway`
 * gives everybody: either door, production's mode, what lies between gateway and database, raw requests.
 */
export async function startGateway(options: TestGatewayOptions): Promise<TestGateway> {
  await using resources = new AsyncDisposableStack();
  const { modules, tenants: slugs = ['north', 'south'], doors = 'both', settings = {}, beside } = options;
  const { mode = 'development', through = async (url) => url } = options;
  const database = beside?.database ?? resources.use(await createDatabase());
  const tenants =
    beside?.tenants ??
    (await makeTenants(
      database.adminUrl,
      modules,
      Object.fromEntries(slugs.map((slug) => [slug, memberForEach(ROLES, slug)])),
    ));
  const directory = mkdtempSync(join(tmpdir(), 'insula-gateway-'));
  resources.defer(() => rmSync(directory, { recursive: true }));

  const log: Record<string, unknown>[] = [];
  const { INSULA_LOG_LEVEL: level = 'info' } = settings;
  const logger = createLogger({ level, stream: { write: (line) => log.push(JSON.parse(line)) } });
  const { sign, issuers } = await openIssuer(mode, directory, resources);
  const common = {
    PORT: '0',
    HOST: '127.0.0.1',
    INSULA_DIRECTORY: directory,
    INSULA_DRAIN_NOTICE: '0',
    DATABASE_URL: await through(database.adminUrl),
    ...(inject('pooler') && { INSULA_POOLER_URL: await through(poolerUrl(database.adminUrl)) }),
    INSULA_MASTER_KEY: MASTER_KEY.toString('base64'),
    INSULA_ISSUERS: JSON.stringify(issuers),
  };
  const config = {
    ...readSettings({ ...common, ...settings }, mode),
    DATABASE_URL: common.DATABASE_URL,
    INSULA_MASTER_KEY: MASTER_KEY,
  };
  const gateway = resources.use(
    await createGateway({ config, modules, logger, doors, passThrough: options.passThrough }),
  );
  const { port } = await gateway.listen();
  const admin = new pg.Pool({ connectionString: database.adminUrl, max: 2 });
  resources.defer(() => admin.end());

  const tokens = new Map<string, Promise<string>>();
  const token = (user: string, tenant?: string) => {
    const key = `${user} ${tenant}`;
    const known = tokens.get(key) ?? sign(user, tenant);
    tokens.set(key, known);
    return known;
  };

  const owned = resources.move();
  return {
    port,
    gateway,
    database,
    tenants,
    log,
    token,
    shortToken: (user, seconds) => sign(user, undefined, seconds),
    async ask<Data>({ tenant, as = 'owner', headers, ...body }: Ask, signal?: AbortSignal) {
      const authorization = as === null ? undefined : `Bearer ${await token(`${as}@${tenant}.example`)}`;
      return send<Data>(port, {
        host: `${tenant}.localhost:${port}`,
        headers: { 'content-type': 'application/json', ...(authorization && { authorization }), ...headers },
        body: JSON.stringify(body),
        signal,
      });
    },
    send: (sent) => send(port, { host: `localhost:${port}`, headers: {}, body: '', ...sent }),
    async rows<Row extends object>(tenant: string, statement: string, values: unknown[] = []) {
      const client = await admin.connect();
      try {
        await client.query(`set search_path = ${pg.escapeIdentifier(tenants[tenant] ?? 'nowhere')}`);
        return (await client.query<Row>(statement, values)).rows;
      } finally {
        client.release();
      }
    },
    async logLine({ headers }) {
      const id = headers['x-request-id'];
      for (let tries = 0; tries < 200; tries++) {
        const line = log.find(({ requestId, msg }) => requestId === id && msg === 'request');
        if (line) return line;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      throw new Error(`There is no log line of request ${id}.`);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Whose tokens the gateway believes: in development its own. */
async function openIssuer(mode: Mode, directory: string, resources: AsyncDisposableStack) {
  if (mode === 'development') {
    const issuer = await createDevelopmentIssuer({
      directory,
      issuer: DEVELOPMENT_ISSUER,
      audience: DEVELOPMENT_AUDIENCE,
    });
    const sign = (subject: string, tenant?: string, expiresIn = 3600) =>
      issuer.sign({ subject, expiresIn, ...(tenant && { tenant }) });
    return { issuers: [], sign };
  }
  const { url, jwksUri, token } = resources.use(await startIssuer());
  const sign = (sub: string, tenant?: string, expiresIn = 3600) =>
    token({ sub, tenant, exp: Math.floor(Date.now() / 1000) + expiresIn });
  return { issuers: [{ issuer: url, audience: AUDIENCE, jwksUri }], sign };
}

/** A key that no other test uses. */
export const uniqueKey = () => randomUUID();
