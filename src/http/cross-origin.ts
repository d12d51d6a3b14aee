import type { IncomingMessage, ServerResponse } from 'node:http';

const ALLOWED_METHODS = 'GET, POST';
const ALLOWED_HEADERS = [
  'authorization',
  'content-type',
  'idempotency-key',
  'traceparent',
  'x-request-id',
  'x-requested-with',
  'x-tenant-id',
].join(', ');
const EXPOSED_HEADERS = 'x-request-id, retry-after, www-authenticate';
/** Seconds that a browser may remember the answer. */
const MAX_AGE = '600';

/**
 * Cross-origin requests (CORS): pages of the listed origins may call the API, and no others. Credentials that browsers
 * send by themselves are not allowed in: who is asking is in a header that the page sets.
 *
 * @param origins as browsers send them (`https://app.example.com`); none switches it off.
 * @returns whether the request was a preflight and is answered.
 */
export function createCrossOrigin(
  origins: readonly string[],
): (req: IncomingMessage, res: ServerResponse) => boolean {
  const allowed = new Set(origins);
  if (allowed.size === 0) return () => false;
  return ({ method, headers }, res) => {
    res.setHeader('vary', 'origin');
    const { origin } = headers;
    if (origin === undefined || !allowed.has(origin)) return false;
    res.setHeader('access-control-allow-origin', origin);
    res.setHeader('access-control-expose-headers', EXPOSED_HEADERS);
    if (method !== 'OPTIONS' || headers['access-control-request-method'] === undefined) return false;
    res.writeHead(204, {
      'access-control-allow-methods': ALLOWED_METHODS,
      'access-control-allow-headers': ALLOWED_HEADERS,
      'access-control-max-age': MAX_AGE,
    });
    res.end();
    return true;
  };
}
