import { hostName, labelsUnder } from './host.ts';
import type { IdentificationStrategy } from './strategy.ts';

/** `api.acme.example`: a whole domain of the tenant's own. Hosts under a base domain and bare addresses are none. */
export const customDomain: IdentificationStrategy<'domain'> = {
  source: 'domain',
  read({ host }, { baseDomains }) {
    const value = hostName(host);
    if (value === '' || labelsUnder(value, baseDomains) !== undefined) return undefined;
    return { kind: 'domain', value };
  },
};
