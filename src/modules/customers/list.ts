import type { Criteria } from '../../module.ts';
import type { Customer } from './entities/customer.ts';

/** Which customers; what is left out doesn't matter. */
export interface CustomerFilter {
  /** Part of the name or the city. */
  search?: string | null | undefined;
  /** ISO 3166-1 alpha-2 */
  country?: readonly string[] | null | undefined;
  createdFrom?: Date | null | undefined;
  createdBefore?: Date | null | undefined;
}

/** In what order customers are listed. Indexes: migrations/0003. */
const orders = {
  name: { name: 'asc' },
  city: { city: 'asc' },
  country: { country: 'asc' },
  newest: { createdAt: 'desc' },
  oldest: { createdAt: 'asc' },
} as const;
export type CustomerOrder = keyof typeof orders;

/** A LIKE pattern that finds the text anywhere, its own wildcards taken literally. */
export const containing = (text: string) => `%${text.replace(/[\\%_]/g, '\\$&')}%`;

/** The customers that a filter lets through, by the first of the orders, then by the next. */
export function customerCriteria(
  filter: CustomerFilter,
  order: readonly CustomerOrder[],
): Criteria<Customer> {
  const { search, country, createdFrom, createdBefore } = filter;
  const conditions: Exclude<Criteria<Customer>['where'], undefined>[] = [];
  if (search) {
    const pattern = { $ilike: containing(search) };
    conditions.push({ $or: [{ name: pattern }, { city: pattern }] });
  }
  if (country) conditions.push({ country: { $in: [...country] } });
  if (createdFrom) conditions.push({ createdAt: { $gte: createdFrom } });
  if (createdBefore) conditions.push({ createdAt: { $lt: createdBefore } });
  return {
    ...(conditions.length > 0 && { where: { $and: conditions } }),
    orderBy: order.map((name) => orders[name]),
  };
}
