import type { IncomingHttpHeaders } from 'node:http';
import { problems } from '../../errors/problems.ts';
import type { LifecyclePlugin } from '../context.ts';

/** Headers that a browser lets another site's page send after a preflight (CORS) alone, and that clients do send. */
const PREFLIGHTED = [
  'authorization',
  'x-tenant-id',
  'x-requested-with',
  'apollo-require-preflight',
  'traceparent',
];

/**
 * [SM] A page of another site can make a browser send a GET, with whatever credentials the browser adds by itself.
 * It can't add one of these headers without being asked first whether it may, so a request that has one was not forged.
 * (`accept` is no proof: a page may set it freely. A POST needs none of them: its JSON is proof enough.)
 *
 * It stands behind authentication: whoever is unknown is told just that. As long as a bearer token is the only
 * credential, whoever gets here has `authorization`; another credential, which browsers send by themselves, meets
 * this check the day that it comes.
 */
export function useForgeryProtection(): LifecyclePlugin {
  return {
    onRequestParse({ serverContext: { req } }) {
      if (req.method === 'GET' && !wasPreflighted(req.headers)) {
        throw problems.PREFLIGHT_REQUIRED(`A GET needs one of these headers: ${PREFLIGHTED.join(', ')}.`);
      }
    },
  };
}

function wasPreflighted(headers: IncomingHttpHeaders): boolean {
  return PREFLIGHTED.some((name) => headers[name] !== undefined);
}
