import type { RequestContext } from '../../module.ts';
import { Invoice } from '../invoices/index.ts';
import { Payment } from './entities/payment.ts';

/** How many of the invoices that are not paid somebody tried to collect, in vain. */
const REFUSED = 5;

/** One payment for each paid invoice, on its due date, and a few that were refused. */
export async function createDemoPayments({ em, now }: RequestContext): Promise<void> {
  const today = now.toISOString().slice(0, 10);
  for (const invoice of await em.find(Invoice, { status: 'paid' })) {
    const receivedOn = invoice.dueOn && invoice.dueOn < today ? invoice.dueOn : today;
    em.create(Payment, { invoice, amount: invoice.gross, receivedOn, reference: invoice.number ?? null });
  }
  for (const invoice of await em.find(
    Invoice,
    { status: 'issued' },
    { limit: REFUSED, orderBy: { dueOn: 'asc' } },
  )) {
    em.create(Payment, {
      invoice,
      amount: invoice.gross,
      status: 'failed',
      failure: 'The card has expired.',
    });
  }
  await em.flush();
}
