import type { IncomingMessage } from 'node:http';
import type { Exchange } from '../lifecycle/exchange.ts';

/** A way from HTTP to the lifecycle and back. It resolves when the reply has been handed to the socket. */
export type Door = (exchange: Exchange) => Promise<void>;

/** What Yoga wants beside the exchange. Nobody waits: what must outlive a request is a job. */
export function serverContextOf(exchange: Exchange) {
  const { req, res } = exchange;
  return { req, res, exchange, waitUntil: () => {} };
}

/** The request's URL. Its scheme means nothing: TLS ends before the gateway. */
export function urlOf({ headers, url }: IncomingMessage): string {
  return `http://${headers.host ?? 'localhost'}${url}`;
}

/** Node's headers as the Fetch API wants them. */
export function headersOf({ headers }: IncomingMessage): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) flat[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return flat;
}
