import type { IncomingMessage } from 'node:http';
import { problems } from '../errors/problems.ts';
import { negotiate, splitOnce, unquoted, wantsPlainJson } from './accept.ts';
import { readBody, tooLarge } from './body.ts';
import type { LifecyclePlugin } from './context.ts';
import { parametersOfBody, parametersOfUrl } from './parameters.ts';

/**
 * [RI] Is there an API at this address, and in which media type would it answer? What else is wrong with the request
 * is said when the caller is known: a stranger is told nothing but that.
 */
export function useRequestInitiation(): LifecyclePlugin {
  return {
    onRequestParse({ serverContext: { req, exchange } }) {
      if (!isGraphQLPath(exchange.path)) throw problems.NOT_FOUND('There is nothing at this address.');
      exchange.replyType = negotiate(req.headers.accept) ?? exchange.replyType;
      exchange.plainJson = wantsPlainJson(req.headers.accept);
    },
  };
}

export interface RequestReadingOptions {
  /** The longest body, in bytes. @default 1_000_000 */
  readonly maxBodyBytes?: number;
}

/**
 * [RI] Is this a GraphQL request that can be answered at all? Whatever is known from the request's head alone is
 * decided before a byte of the body is read and before anything runs: a mutation must not be committed for a client
 * that can't read the reply.
 *
 * Only JSON is accepted: a browser asks first (CORS) before it lets another site's page send that, so a form on
 * such a page can't make a request here.
 */
export function useRequestReading({ maxBodyBytes = 1_000_000 }: RequestReadingOptions = {}): LifecyclePlugin {
  return {
    onRequestParse({ serverContext: { req, res }, setRequestParser }) {
      if (!negotiate(req.headers.accept)) {
        throw problems.NOT_ACCEPTABLE(
          'Accept application/json, application/graphql-response+json or text/event-stream.',
        );
      }
      if (req.method === 'GET') {
        setRequestParser(() => parametersOfUrl(req.url ?? ''));
        return;
      }
      if (req.method !== 'POST') {
        throw problems.METHOD_NOT_ALLOWED('Use POST, or GET for queries and subscriptions.', {
          headers: { allow: 'GET, POST' },
        });
      }
      refuseUnreadable(req, maxBodyBytes);
      setRequestParser(async () => {
        // A client that asks before it sends (Expect: 100-continue) is told to go on now that it is known.
        if (req.headers.expect !== undefined) res.writeContinue();
        return parametersOfBody(await readBody(req, maxBodyBytes));
      });
    },
  };
}

/** `/graphql`, and `/t/{tenant}/graphql`: that and nothing else. */
function isGraphQLPath(path: string): boolean {
  return path === '/graphql' || /^\/t\/[^/]+\/graphql$/.test(path);
}

function refuseUnreadable({ headers }: IncomingMessage, maxBodyBytes: number): void {
  if (!isJson(headers['content-type'])) {
    throw problems.UNSUPPORTED_MEDIA_TYPE('Send the body as application/json in UTF-8.', {
      headers: { 'accept-post': 'application/json' },
    });
  }
  if ((headers['content-encoding'] ?? 'identity') !== 'identity') {
    throw problems.UNSUPPORTED_MEDIA_TYPE('Send the body without content-encoding.', {
      headers: { 'accept-encoding': 'identity' },
    });
  }
  if (Number(headers['content-length'] ?? 0) > maxBodyBytes) throw tooLarge(maxBodyBytes);
}

function isJson(contentType: string | undefined): boolean {
  if (contentType === 'application/json') return true;
  const [type = '', ...parameters] = (contentType ?? '').toLowerCase().split(';');
  if (type.trim() !== 'application/json') return false;
  const { charset = 'utf-8' } = Object.fromEntries(
    parameters.map((parameter) => splitOnce(parameter.trim(), '=')),
  );
  return ['utf-8', 'utf8'].includes(unquoted(charset));
}
