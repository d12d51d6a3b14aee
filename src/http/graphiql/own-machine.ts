import type { IncomingHttpHeaders } from 'node:http';
import { hostName, labelsUnder } from '../../tenancy/identification/host.ts';

/** What is known of a request when it arrives. */
interface Arrival {
  readonly socket: { readonly remoteAddress?: string | undefined };
  readonly headers: IncomingHttpHeaders;
}

/**
 * Whether a request comes from the machine that the gateway runs on, under a name that is the gateway's.
 *
 * The name matters: a site can point a name of its own at 127.0.0.1, and its pages, loaded before, then count as of
 * the gateway's origin (DNS rebinding). Nobody can do that with an address in digits.
 */
export function isFromOwnMachine({ socket, headers }: Arrival, baseDomains: readonly string[]): boolean {
  const loopback = /^(::1|(::ffff:)?127(\.\d+){3})$/.test(socket.remoteAddress ?? '');
  // A host without a name is an address.
  const name = hostName(headers.host);
  return loopback && (name === '' || labelsUnder(name, baseDomains) !== undefined);
}

/** Whether no page of another origin can have caused the request. Browsers tell; whatever isn't one need not. */
export function isFromOwnOrigin({ headers }: Pick<Arrival, 'headers'>): boolean {
  const { 'sec-fetch-site': site = 'same-origin', origin = `http://${headers.host}` } = headers;
  return site === 'same-origin' && origin === `http://${headers.host}`;
}
