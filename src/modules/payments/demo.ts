import type { RequestContext } from '../../module.ts';
import { Invoice } from '../invoices/index.ts';
import { Payment } from './entities/payment.ts';

/** One payment for each paid invoice, on its due date. */
export async function createDemoPayments({ em, now }: RequestContext): Promise<void> {
  const today = now.toISOString().slice(0, 10);
  for (const invoice of await em.find(Invoice, { status: 'paid' })) {
    const receivedOn = invoice.dueOn && invoice.dueOn < today ? invoice.dueOn : today;
    em.create(Payment, { invoice, amount: invoice.gross, receivedOn, reference: invoice.number ?? null });
  }
  await em.flush();
}
