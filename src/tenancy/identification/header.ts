import type { IdentificationStrategy } from './strategy.ts';

/** `x-tenant-id: acme`: a slug or an id. */
export const header: IdentificationStrategy<'header'> = {
  source: 'header',
  read: ({ header }) => (header ? { kind: 'id or slug', value: header } : undefined),
};
