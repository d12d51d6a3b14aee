import type { IdentificationStrategy } from './strategy.ts';

/** A claim of the verified token: a slug or an id. */
export const claim: IdentificationStrategy<'claim'> = {
  source: 'claim',
  read: ({ claim }) => (claim ? { kind: 'id or slug', value: claim } : undefined),
};
