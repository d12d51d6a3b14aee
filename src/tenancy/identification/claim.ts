import type { IdentificationStrategy } from './strategy.ts';

/** A claim of the verified token: a slug or an id. */
export const claim: IdentificationStrategy = {
  source: 'claim',
  read: ({ claim }) => (claim ? { source: 'claim', kind: 'id or slug', value: claim } : undefined),
};
