import { hostName, labelsUnder } from './host.ts';
import type { IdentificationStrategy } from './strategy.ts';

/** `acme.localhost`: the label before a base domain. Several labels are passed on as they are: no tenant has a dot. */
export const subdomain: IdentificationStrategy<'subdomain'> = {
  source: 'subdomain',
  read({ host }, { baseDomains }) {
    const value = labelsUnder(hostName(host), baseDomains);
    return value ? { kind: 'slug', value } : undefined;
  },
};
