import { InvalidArgumentError } from 'commander';
import type { LimitChanges } from '../fleet/plans.ts';
import { isLimitName, LIMITS } from '../tenancy/limits.ts';

/** Collects `name=number` and `name=none` of a command line, one after the other. */
export function collectLimit(word: string, before: LimitChanges = {}): LimitChanges {
  const [name = '', value = '', ...more] = word.split('=');
  if (!isLimitName(name) || more.length > 0) {
    throw new InvalidArgumentError(`There are ${LIMITS.map((limit) => limit.name).join(', ')}.`);
  }
  if (value !== 'none' && !/^[1-9]\d{0,8}$/.test(value)) {
    throw new InvalidArgumentError('A limit is a whole number above 0, or "none".');
  }
  return { ...before, [name]: value === 'none' ? null : Number(value) };
}

/** What can be limited, for the help. */
export const limitsHelp = `\nLimits:\n${LIMITS.map(({ name, description }) => `  ${name}\n    ${description}`).join('\n')}\n`;

/** Limits as they are typed. */
export function formatLimits(limits: Readonly<Record<string, unknown>>): string {
  return (
    Object.entries(limits)
      .map(([name, value]) => `${name}=${value}`)
      .join(' ') || 'none'
  );
}
