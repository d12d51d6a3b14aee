import type { ServerResponse } from 'node:http';

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
