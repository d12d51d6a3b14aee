import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { GraphQLSchema } from 'graphql';
import { problems } from '../errors/problems.ts';
import type { ListedPlugin } from '../lifecycle/context.ts';
import { openExchange, pathOf } from '../lifecycle/exchange.ts';
import type { Logger } from '../telemetry/logger.ts';
import { createCrossOrigin } from './cross-origin.ts';
import type { Door } from './door.ts';
import { DrainingServer, type DrainingServerOptions } from './draining-server.ts';
import { sendFailure } from './failures.ts';
import type { SideDoor } from './graphiql/index.ts';
import { hasTwoHosts, setSecurityHeaders } from './headers.ts';
import {
  type HealthOptions,
  healthPages,
  type MetricsSource,
  metricsPages,
  type Pages,
  sendPage,
} from './routes.ts';
import type { HttpSettings } from './settings.ts';
import { createShortDoor, isPlain } from './short-door.ts';
import { createYoga } from './yoga.ts';
import { createYogaDoor } from './yoga-door.ts';

export interface HttpServerOptions
  extends HealthOptions,
    Omit<DrainingServerOptions, 'listener' | 'portSetting'> {
  readonly schema: GraphQLSchema;
  /** The phases, in their order. */
  readonly lifecycle: readonly ListedPlugin[];
  readonly logger: Logger;
  /** What `/metrics` shows: how much tenants use the API, among other things. @default there is no such page */
  readonly metrics?: MetricsSource;
  /** A port for `/metrics` alone. @default beside the API */
  readonly metricsPort?: number | undefined;
  /** More that is read with GET, by path. @default nothing */
  readonly pages?: Pages;
  /** GraphiQL, for development. @default there is none */
  readonly graphiql?: SideDoor;
  /** Origins whose pages may call the API. @default none */
  readonly corsOrigins?: readonly string[];
  /** Milliseconds between two signs of life to a subscriber. @default 12_000 */
  readonly eventKeepAlive?: number;
  /** `yoga` sends every request the long way; for tests, which compare the two. @default 'both' */
  readonly doors?: 'both' | 'yoga';
}

export interface HttpServer extends AsyncDisposable {
  /** Listens. @throws PortTaken */
  listen(): Promise<{ readonly port: number; readonly metricsPort: number | undefined }>;
  /** Stops without losing a request that was accepted; resolves when the last reply has left. */
  close(): Promise<void>;
}

/**
 * The gateway's HTTP: the GraphQL API through two doors, and the few pages beside it.
 *
 * @throws Error when the lifecycle has a plugin that the doors can't run.
 */
export function createHttpServer(options: HttpServerOptions): HttpServer {
  const { logger, metrics, metricsPort, corsOrigins = [], ready } = options;
  const door = openDoor(options);
  const answerPreflight = createCrossOrigin(corsOrigins);
  const measured = metrics ? metricsPages(metrics) : {};

  /** Answers with a page where there is one. */
  function answering(pages: Pages, otherwise: RequestListener): RequestListener {
    const handlers = new Map(Object.entries(pages));
    return (req, res) => {
      setSecurityHeaders(res);
      if (hasTwoHosts(req)) {
        res.shouldKeepAlive = false;
        sendFailure(res, problems.BAD_REQUEST('Send one Host header.'));
        return;
      }
      const page = handlers.get(pathOf(req.url ?? ''));
      if (page) guard(res, sendPage(page, req, res));
      else otherwise(req, res);
    };
  }

  // Unknown paths too: the lifecycle refuses them, and logs and counts them as it does all others.
  function serve(req: IncomingMessage, res: ServerResponse): void {
    const exchange = openExchange(req, res);
    guard(
      res,
      door(exchange).finally(() => exchange.part()),
    );
  }

  function guard(res: ServerResponse, work: Promise<void>): void {
    work.catch((error: unknown) => {
      logger.error({ err: error }, 'no phase answered a request');
      sendFailure(res, error);
    });
  }

  const pages = {
    ...healthPages({ ready: () => !server.draining && ready() }),
    ...(metricsPort === undefined && measured),
    ...options.pages,
  };
  const server = new DrainingServer({
    ...options,
    listener: answering(pages, (req, res) => {
      const developed = options.graphiql?.(req, res);
      if (developed) guard(res, developed);
      else if (!answerPreflight(req, res)) serve(req, res);
    }),
  });
  const metricsServer =
    metricsPort === undefined
      ? undefined
      : new DrainingServer({
          port: metricsPort,
          portSetting: 'INSULA_METRICS_PORT',
          host: options.host,
          listener: answering(measured, (_, res) => {
            res.writeHead(404, { 'content-length': '0' }).end();
          }),
        });

  const close = async () => {
    await server.close();
    // Last: what happens while the server drains is worth measuring.
    await metricsServer?.close();
  };
  return {
    async listen() {
      // First: when one of the two ports is taken, nothing was served yet.
      const listening = await metricsServer?.listen();
      try {
        return { port: await server.listen(), metricsPort: listening };
      } catch (error) {
        await metricsServer?.close();
        throw error;
      }
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** JSON by POST takes the short door where there is one, everything else the long one. */
function openDoor(options: HttpServerOptions): Door {
  const { schema, lifecycle, logger, doors = 'both', eventKeepAlive = 12_000 } = options;
  const events = { keepAlive: eventKeepAlive };
  const yoga = createYoga({ schema, lifecycle, logger });
  const long = createYogaDoor(yoga, events);
  if (doors === 'yoga') return long;
  const short = createShortDoor(yoga, lifecycle, events);
  return (exchange) => {
    const { method, headers } = exchange.req;
    return isPlain(method, headers['content-type']) ? short(exchange) : long(exchange);
  };
}

/** What the settings say of the server. */
export function serverOptionsOf(settings: HttpSettings) {
  return {
    port: settings.PORT,
    host: settings.HOST,
    metricsPort: settings.INSULA_METRICS_PORT,
    corsOrigins: settings.INSULA_CORS_ORIGINS,
    requestTimeout: settings.INSULA_REQUEST_TIMEOUT,
    eventKeepAlive: settings.INSULA_EVENT_KEEP_ALIVE,
    keepAliveTimeout: settings.INSULA_KEEP_ALIVE_TIMEOUT,
    drainNotice: settings.INSULA_DRAIN_NOTICE,
    drainTimeout: settings.INSULA_DRAIN_TIMEOUT,
  };
}

export type { Pages } from './routes.ts';
