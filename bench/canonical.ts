const AMOUNTS = new Set(['net', 'gross', 'unitPrice', 'amount']);
const GLOBAL_ID = /^[A-Z][A-Za-z]+:(.+)$/;

/**
 * A reply's content without what differs between APIs that say the same: global ids, the letters of a status, numbers
 * as strings, and whether money is an object or two columns.
 *
 * @param withIds of what was just created they differ
 */
export function canonical(value: unknown, withIds: boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => canonical(item, withIds));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value)
    .filter(([name]) => name !== 'currency' && name !== '__typename' && (withIds || name !== 'id'))
    .map(([name, member]: [string, unknown]) => [name, canonicalMember(name, member, withIds)] as const)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(members);
}

function canonicalMember(name: string, member: unknown, withIds: boolean): unknown {
  if (name === 'id' && typeof member === 'string') {
    return GLOBAL_ID.exec(Buffer.from(member, 'base64url').toString())?.[1] ?? member;
  }
  if (name === 'status' && typeof member === 'string') return member.toUpperCase();
  if (AMOUNTS.has(name)) {
    const isMoney = typeof member === 'object' && member !== null && 'amount' in member;
    return Number(isMoney ? member.amount : member);
  }
  return canonical(member, withIds);
}
