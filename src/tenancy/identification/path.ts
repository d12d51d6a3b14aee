import type { IdentificationStrategy } from './strategy.ts';

/** Nothing is decoded: a slug needs no escapes, so an escaped one is no slug. */
const TENANT_PATH = /^\/t\/([^/?]*)/;

/** `/t/acme/graphql`: the part after `/t/`. */
export const path: IdentificationStrategy<'path'> = {
  source: 'path',
  read({ path }) {
    const value = TENANT_PATH.exec(path ?? '')?.[1];
    return value === undefined ? undefined : { kind: 'slug', value };
  },
};
