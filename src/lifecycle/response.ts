import type { ShownError } from '../errors/masking.ts';
import type { Exchange } from './exchange.ts';

/** What an operation, or its refusal, comes to. */
export interface SingleResult {
  readonly data?: unknown;
  readonly errors?: readonly unknown[];
  readonly extensions?: unknown;
}

/** A reply, whichever door sends it. */
export interface Reply {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** What a document or its variables are refused with. */
const REQUEST_FAULTS = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_NOT_FOUND',
  'BAD_USER_INPUT',
]);

/**
 * [RC] Puts a result into HTTP.
 *
 * The status is that of the gravest error, so that proxies, dashboards and people see what happened; with partial
 * data it is 200. One exception is GraphQL over HTTP's: a client that asks for `application/json` by name gets 200 when its
 * document or its variables are at fault, because it couldn't tell a GraphQL server's 400 from a proxy's. Once the operation has run (`data` is there), its status
 * is told to everyone.
 */
export function createReply(
  { data, extensions }: SingleResult,
  errors: readonly ShownError[],
  { replyType, plainJson }: Pick<Exchange, 'replyType' | 'plainJson'>,
): Reply {
  const content = {
    ...(errors.length > 0 && { errors: errors.map(({ formatted }) => formatted) }),
    ...(data !== undefined && { data }),
    ...(extensions !== undefined && { extensions }),
  };
  const body = JSON.stringify(content);
  return {
    status: data ? 200 : statusOf(errors, data === undefined && plainJson),
    headers: {
      ...Object.assign({}, ...errors.map(({ headers }) => headers)),
      'content-type': `${replyType}; charset=utf-8`,
      'content-length': String(Buffer.byteLength(body)),
    },
    body,
  };
}

function statusOf(errors: readonly ShownError[], lenient: boolean): number {
  const statuses = errors.flatMap(({ code, status }) =>
    lenient && REQUEST_FAULTS.has(code) ? [] : [status],
  );
  return Math.max(200, ...statuses);
}
