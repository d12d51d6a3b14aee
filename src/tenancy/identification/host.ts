import { isIP } from 'node:net';

/** The name in a Host header, in lower case, without the port and the root's dot; '' when it names no domain. */
export function hostName(host: string | undefined): string {
  const name = (host ?? '').toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '');
  return name.startsWith('[') || isIP(name) !== 0 ? '' : name;
}

/**
 * What stands before the longest base domain that the name ends with.
 *
 * @returns '' for a base domain itself, undefined when the name is under none of them.
 */
export function labelsUnder(name: string, baseDomains: readonly string[]): string | undefined {
  if (baseDomains.includes(name)) return '';
  const bases = baseDomains.filter((base) => name.endsWith(`.${base}`));
  const [longest] = bases.toSorted((a, b) => b.length - a.length);
  return longest === undefined ? undefined : name.slice(0, -longest.length - 1);
}
