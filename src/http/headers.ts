import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * What every reply tells browsers: don't guess types, don't frame, don't load anything, keep nothing. Data of a tenant
 * has no business in a cache on the way.
 */
const SECURITY_HEADERS = Object.entries({
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
});

/** Sets them on a reply that has not begun; what sets its own later wins. */
export function setSecurityHeaders(res: ServerResponse): void {
  for (const [name, value] of SECURITY_HEADERS) res.setHeader(name, value);
}

/**
 * Whether the request names its host more than once (RFC 9112, 3.2: then it must be refused). Node takes the first, a
 * proxy before it may take the last: then one tenant's request would be checked as another's.
 */
export function hasTwoHosts({ rawHeaders }: IncomingMessage): boolean {
  let hosts = 0;
  // Names and values in turn.
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i];
    if (name?.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  return hosts > 1;
}
