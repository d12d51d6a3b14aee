import type { Criteria } from '../../module.ts';
import type { Payment, PaymentStatus } from './entities/payment.ts';

/** Which payments; what is left out doesn't matter. Days are ISO 8601. */
export interface PaymentFilter {
  status?: readonly PaymentStatus[] | null | undefined;
  invoiceId?: string | null | undefined;
  receivedFrom?: string | null | undefined;
  receivedBefore?: string | null | undefined;
  /** Minor units. */
  amountFrom?: number | null | undefined;
  amountTo?: number | null | undefined;
}

/** In what order payments are listed: those that are being collected count as the newest. Indexes: migrations/0003. */
const orders = {
  newest: { receivedOn: 'desc nulls first', createdAt: 'desc' },
  oldest: { receivedOn: 'asc nulls last', createdAt: 'asc' },
  largest: { amount: 'desc' },
  smallest: { amount: 'asc' },
} as const;
export type PaymentOrder = keyof typeof orders;

/** The payments that a filter lets through, by the first of the orders, then by the next. */
export function paymentCriteria(filter: PaymentFilter, order: readonly PaymentOrder[]): Criteria<Payment> {
  const { status, invoiceId, receivedFrom, receivedBefore, amountFrom, amountTo } = filter;
  const conditions: Exclude<Criteria<Payment>['where'], undefined>[] = [];
  if (status) conditions.push({ status: { $in: [...status] } });
  if (invoiceId) conditions.push({ invoice: invoiceId });
  if (receivedFrom) conditions.push({ receivedOn: { $gte: receivedFrom } });
  if (receivedBefore) conditions.push({ receivedOn: { $lt: receivedBefore } });
  if (amountFrom != null) conditions.push({ amount: { $gte: amountFrom } });
  if (amountTo != null) conditions.push({ amount: { $lte: amountTo } });
  return {
    ...(conditions.length > 0 && { where: { $and: conditions } }),
    orderBy: order.map((name) => orders[name]),
  };
}
