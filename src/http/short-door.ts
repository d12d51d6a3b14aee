import { isPromise } from '@whatwg-node/promise-helpers';
import { GraphQLError } from 'graphql';
import type { GraphQLParams } from 'graphql-yoga';
import type { LifecyclePlugin, ListedPlugin } from '../lifecycle/context.ts';
import { type Door, headersOf, serverContextOf, urlOf } from './door.ts';
import { type EventStreamOptions, sendEvents } from './event-stream.ts';
import type { Yoga } from './yoga.ts';

type ParseHook = NonNullable<LifecyclePlugin['onRequestParse']>;
type ResultHook = NonNullable<LifecyclePlugin['onResultProcess']>;
type ParseEvent = Parameters<ParseHook>[0];
type ResultEvent = Parameters<ResultHook>[0];
type Context = ReturnType<typeof serverContextOf>;

/** The short door's requests: JSON by POST, which nearly all are. */
export function isPlain(method: string | undefined, contentType: string | undefined): boolean {
  return method === 'POST' && contentType?.startsWith('application/json') === true;
}

/**
 * From `node:http` to the same plugins without Yoga's HTTP layer, several times as fast: the list's own
 * `onRequestParse` hooks, Yoga's pipeline for the operation, the list's own `onResultProcess` hooks.
 */
export function createShortDoor(
  yoga: Yoga,
  lifecycle: readonly ListedPlugin[],
  events: EventStreamOptions,
): Door {
  const parseHooks = lifecycle.flatMap((plugin) =>
    'onRequestParse' in plugin && plugin.onRequestParse ? [plugin.onRequestParse] : [],
  );
  const resultHooks = lifecycle.flatMap((plugin) =>
    'onResultProcess' in plugin && plugin.onResultProcess ? [plugin.onResultProcess] : [],
  );

  async function operate(request: Request, context: Context): Promise<ResultEvent['result']> {
    try {
      const params = await readParameters(parseHooks, request, context, yoga);
      return (await yoga.getResultForParams({ params, request }, context)) ?? {};
    } catch (error) {
      return { errors: [asGraphQLError(error)] };
    }
  }

  return async (exchange) => {
    const { req, res } = exchange;
    const request = new yoga.fetchAPI.Request(urlOf(req), { method: 'POST', headers: headersOf(req) });
    const context = serverContextOf(exchange);
    await processResult(resultHooks, request, await operate(request, context), context);
    const { reply } = exchange;
    if (!reply) throw new Error('No plugin made a reply of the result.');
    if (res.destroyed) return;
    if ('results' in reply) return sendEvents(res, reply, { ...events, ended: exchange.subscription });
    res.writeHead(reply.status, reply.headers);
    res.end(reply.body);
  };
}

async function readParameters(
  hooks: readonly ParseHook[],
  request: Request,
  serverContext: Context,
  { fetchAPI }: Yoga,
): Promise<GraphQLParams> {
  const event: ParseEvent = {
    request,
    serverContext,
    fetchAPI,
    url: urlWhenRead(request, fetchAPI),
    requestParser: undefined,
    setRequestParser(parser) {
      event.requestParser = parser;
    },
    endResponse() {
      throw new Error('The short door has no Response: throw a Problem to end a request.');
    },
  };
  for (const hook of hooks) {
    // Most hooks answer at once; an await for each would cost more than they do.
    const answer = hook(event);
    const after = isPromise(answer) ? await answer : answer;
    if (after && 'onRequestParseDone' in after)
      throw new Error("The short door doesn't run onRequestParseDone.");
  }
  const params = await event.requestParser?.(request);
  if (!params || Array.isArray(params) || 'status' in params)
    throw new Error('The parser gave no parameters.');
  return params;
}

async function processResult(
  hooks: readonly ResultHook[],
  request: Request,
  result: ResultEvent['result'],
  serverContext: Context,
): Promise<void> {
  const event: ResultEvent = {
    request,
    result,
    serverContext,
    acceptableMediaTypes: [],
    setResult(next) {
      event.result = next;
    },
    // The reply that the result phase leaves in the exchange is sent; nobody needs a Response.
    setResultProcessor() {},
  };
  for (const hook of hooks) {
    const answer = hook(event);
    if (isPromise(answer)) await answer;
  }
}

const BLANK = new URL('http://localhost');

/**
 * A URL that is parsed when somebody looks at it. Not a getter of the event: V8 then takes the events for objects that
 * last, and each request's garbage stays until a full collection (measured: four times the time for it).
 */
function urlWhenRead(request: Request, fetchAPI: Yoga['fetchAPI']): URL {
  return new Proxy(BLANK, {
    get: (_, name) => {
      const url = new fetchAPI.URL(request.url, 'http://localhost');
      return Reflect.get(url, name, url);
    },
  });
}

/** As Yoga's own layer wraps what is thrown before there is a result. */
function asGraphQLError(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  return new GraphQLError('Unexpected error.', {
    originalError: error instanceof Error ? error : new Error(String(error)),
  });
}
