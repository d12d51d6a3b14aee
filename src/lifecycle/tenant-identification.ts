import { type IdentificationOptions, readHints } from '../tenancy/identification/index.ts';
import type { LifecyclePlugin } from './context.ts';

/**
 * [TI] What does the request itself say about its tenant? Whether there is such a tenant is asked when the caller is
 * known, together with what the token says: an anonymous caller must not learn which tenants exist.
 */
export function useTenantIdentification({
  identification,
}: {
  readonly identification: IdentificationOptions;
}): LifecyclePlugin {
  return {
    onRequestParse({ serverContext: { req, exchange } }) {
      const header = req.headers['x-tenant-id'];
      exchange.hints = readHints(
        {
          host: req.headers.host,
          path: exchange.path,
          header: typeof header === 'string' ? header : undefined,
        },
        identification,
      );
    },
  };
}
