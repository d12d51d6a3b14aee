import { claim } from './claim.ts';
import { customDomain } from './custom-domain.ts';
import { header } from './header.ts';
import { path } from './path.ts';
import type { RequestParts, StrategyOptions, TenantHint } from './strategy.ts';
import { subdomain } from './subdomain.ts';

/** Every way to recognise a tenant. A new one is a file beside this and a line here. */
const STRATEGIES = [subdomain, customDomain, path, header, claim] as const;

/** The strategies' names. */
export const HINT_SOURCES = STRATEGIES.map(({ source }) => source);

export type HintSource = (typeof HINT_SOURCES)[number];

export interface IdentificationOptions extends StrategyOptions {
  /** The sources that are heard; what a request says elsewhere is ignored. */
  readonly sources: readonly HintSource[];
}

/**
 * Collects what a request says about its tenant, without asking anybody.
 *
 * @example
 * readHints({ host: 'ACME.localhost:4000', header: 'acme' }, { sources: ['subdomain', 'header'], baseDomains: ['localhost'] });
 * // [{ source: 'subdomain', kind: 'slug', value: 'acme' }, { source: 'header', kind: 'id or slug', value: 'acme' }]
 */
export function readHints(request: RequestParts, options: IdentificationOptions): TenantHint[] {
  const hints: TenantHint[] = [];
  for (const { source, read } of STRATEGIES) {
    const hint = options.sources.includes(source) ? read(request, options) : undefined;
    if (hint) hints.push({ source, ...hint });
  }
  return hints;
}

export { identify } from './identify.ts';
export type { RequestParts, TenantHint } from './strategy.ts';
