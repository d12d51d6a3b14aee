import type { ShownError } from '../errors/masking.ts';
import { ShapedText } from '../graphql/written-json.ts';
import { EVENT_STREAM } from './accept.ts';
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

/** A reply whose results follow its head as they come, each as JSON. */
export interface EventReply {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly results: AsyncIterable<string>;
}

/** How GraphQL over SSE writes a result. */
export function eventOf(json: string): string {
  return `event: next\ndata: ${json}\n\n`;
}

/** The last event: there will be no more results. */
export const COMPLETE = 'event: complete\ndata:\n\n';

/** Puts a subscription into HTTP. Proxies are asked to pass each event on at once (nginx: `x-accel-buffering`). */
export function createEventReply(results: AsyncIterable<string>): EventReply {
  return {
    status: 200,
    headers: { 'content-type': `${EVENT_STREAM}; charset=utf-8`, 'x-accel-buffering': 'no' },
    results,
  };
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
 * is told to everyone. A client that accepts events alone gets a result as the only one of them, and a refusal as JSON.
 */
export function createReply(
  { data, extensions }: SingleResult,
  errors: readonly ShownError[],
  { replyType, plainJson }: Pick<Exchange, 'replyType' | 'plainJson'>,
): Reply {
  const json = contentOf({ data, extensions }, errors);
  const asEvent = replyType === EVENT_STREAM && data;
  const body = asEvent ? `${eventOf(json)}${COMPLETE}` : json;
  const type = replyType === EVENT_STREAM && !data ? 'application/graphql-response+json' : replyType;
  return {
    status: data ? 200 : statusOf(errors, data === undefined && plainJson),
    headers: {
      ...Object.assign({}, ...errors.map(({ headers }) => headers)),
      'content-type': `${type}; charset=utf-8`,
      'content-length': String(Buffer.byteLength(body)),
    },
    body,
  };
}

/** A result as JSON, with the errors as their reader sees them. */
export function contentOf({ data, extensions }: SingleResult, errors: readonly ShownError[]): string {
  const members: string[] = [];
  if (errors.length > 0) members.push(`"errors":${JSON.stringify(errors.map(({ formatted }) => formatted))}`);
  if (data !== undefined) members.push(`"data":${dataText(data)}`);
  if (extensions !== undefined) members.push(`"extensions":${JSON.stringify(extensions)}`);
  return `{${members.join(',')}}`;
}

/** JSON of the fields, of which the database may have written some. */
function dataText(data: unknown): string {
  if (typeof data !== 'object' || data === null) return JSON.stringify(data);
  const fields = Object.entries(data);
  if (!fields.some(([, value]) => value instanceof ShapedText)) return JSON.stringify(data);
  const members = fields.map(
    ([key, value]) =>
      `${JSON.stringify(key)}:${value instanceof ShapedText ? value.text : JSON.stringify(value)}`,
  );
  return `{${members.join(',')}}`;
}

function statusOf(errors: readonly ShownError[], lenient: boolean): number {
  const statuses = errors.flatMap(({ code, status }) =>
    lenient && REQUEST_FAULTS.has(code) ? [] : [status],
  );
  return Math.max(200, ...statuses);
}
