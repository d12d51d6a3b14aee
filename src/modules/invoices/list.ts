import type { Criteria } from '../../module.ts';
import { containing } from '../customers/index.ts';
import type { Invoice, InvoiceStatus } from './entities/invoice.ts';

/** Which invoices; what is left out doesn't matter. Days are ISO 8601. */
export interface InvoiceFilter {
  status?: readonly InvoiceStatus[] | null | undefined;
  customerId?: string | null | undefined;
  /** Issued, and its last day to pay is over; or not so. */
  overdue?: boolean | null | undefined;
  issuedFrom?: string | null | undefined;
  issuedBefore?: string | null | undefined;
  dueFrom?: string | null | undefined;
  dueBefore?: string | null | undefined;
  currency?: string | null | undefined;
  /** Minor units. */
  grossFrom?: number | null | undefined;
  grossTo?: number | null | undefined;
  /** Part of the number or the note. */
  search?: string | null | undefined;
}

/** In what order invoices are listed; those without the date or the number come last. Indexes: migrations/0003. */
const orders = {
  newest: { issuedOn: 'desc nulls last', createdAt: 'desc' },
  oldest: { issuedOn: 'asc nulls last', createdAt: 'asc' },
  dueFirst: { dueOn: 'asc nulls last' },
  dueLast: { dueOn: 'desc nulls last' },
  largest: { gross: 'desc' },
  smallest: { gross: 'asc' },
  number: { number: 'asc nulls last' },
} as const;
export type InvoiceOrder = keyof typeof orders;

type Where = Exclude<Criteria<Invoice>['where'], undefined>;

/** The invoices that a filter lets through, by the first of the orders, then by the next. @param today ISO 8601 */
export function invoiceCriteria(
  filter: InvoiceFilter,
  order: readonly InvoiceOrder[],
  today: string,
): Criteria<Invoice> {
  const conditions = [...conditionsOf(filter), ...rangesOf(filter)];
  if (filter.overdue === true) conditions.push({ status: 'issued', dueOn: { $lt: today } });
  if (filter.overdue === false) {
    conditions.push({ $or: [{ status: { $ne: 'issued' } }, { dueOn: { $gte: today } }] });
  }
  return {
    ...(conditions.length > 0 && { where: { $and: conditions } }),
    orderBy: order.map((name) => orders[name]),
  };
}

function conditionsOf({ status, customerId, currency, search }: InvoiceFilter): Where[] {
  const conditions: Where[] = [];
  if (status) conditions.push({ status: { $in: [...status] } });
  if (customerId) conditions.push({ customer: customerId });
  if (currency) conditions.push({ currency });
  if (search) {
    const pattern = { $ilike: containing(search) };
    conditions.push({ $or: [{ number: pattern }, { note: pattern }] });
  }
  return conditions;
}

function rangesOf(filter: InvoiceFilter): Where[] {
  const { issuedFrom, issuedBefore, dueFrom, dueBefore, grossFrom, grossTo } = filter;
  const conditions: Where[] = [];
  if (issuedFrom) conditions.push({ issuedOn: { $gte: issuedFrom } });
  if (issuedBefore) conditions.push({ issuedOn: { $lt: issuedBefore } });
  if (dueFrom) conditions.push({ dueOn: { $gte: dueFrom } });
  if (dueBefore) conditions.push({ dueOn: { $lt: dueBefore } });
  if (grossFrom != null) conditions.push({ gross: { $gte: grossFrom } });
  if (grossTo != null) conditions.push({ gross: { $lte: grossTo } });
  return conditions;
}
