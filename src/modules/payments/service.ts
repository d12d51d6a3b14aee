import { defineService, LockMode, type RequestContext } from '../../module.ts';
import { type Invoice, invoiceErrors, invoiceService } from '../invoices/index.ts';
import { Payment } from './entities/payment.ts';
import { paymentErrors } from './errors.ts';
import { paymentChanged } from './topics.ts';

/** A payment as it is entered. */
export interface PaymentInput {
  invoiceId: string;
  amount: number;
  receivedOn: string;
  reference?: string | null | undefined;
}

/** A payment that a provider is to collect. */
export interface CollectionInput {
  invoiceId: string;
  /** Everything that is open, if left out. */
  amount?: number | null | undefined;
  paymentMethod: string;
}

export const paymentService = defineService('payments', ({ em, use, publish }) => ({
  /** Records what came in; the invoice is paid when nothing is left. */
  async record({ invoiceId, amount, receivedOn, reference }: PaymentInput): Promise<string> {
    const { invoice, open } = await this.openInvoice(invoiceId, amount);
    const payment = em.create(Payment, { invoice, amount, receivedOn, reference: reference ?? null });
    if (amount === open) await use(invoiceService).markPaid(invoice);
    await em.flush();
    await publish(paymentChanged, { id: payment.id });
    return payment.id;
  },

  /** Writes down what a provider is to collect; that much of the invoice is no longer open. */
  async collect({ invoiceId, amount, paymentMethod }: CollectionInput): Promise<string> {
    const { invoice, open } = await this.openInvoice(invoiceId, amount ?? 1);
    const payment = em.create(Payment, { invoice, amount: amount ?? open, status: 'pending', paymentMethod });
    await em.flush();
    await publish(paymentChanged, { id: payment.id });
    return payment.id;
  },

  /**
   * An invoice that can take a payment of that amount, and what is open on it in all. Two payments of one invoice wait
   * for each other, or both would see the same remainder.
   *
   * @throws Problem `NOT_FOUND`, `INVOICE_NOT_ISSUED`, `OVERPAYMENT`
   */
  async openInvoice(id: string, amount: number): Promise<{ invoice: Invoice; open: number }> {
    const invoice = await use(invoiceService).get(id, invoiceErrors.INVOICE_NOT_ISSUED, 'issued');
    await em.lock(invoice, LockMode.PESSIMISTIC_WRITE);
    const open = invoice.gross - (await sum(em, invoice, ['pending', 'processing', 'succeeded']));
    if (amount <= open) return { invoice, open };
    throw paymentErrors.OVERPAYMENT(`Only ${open} (minor units) are open on this invoice.`, {
      extensions: { open },
    });
  },

  /** Marks a locked invoice as paid when what came in is all that it asks for. */
  async settle(invoice: Invoice): Promise<void> {
    if (invoice.status !== 'issued' || (await sum(em, invoice, ['succeeded'])) < invoice.gross) return;
    await use(invoiceService).markPaid(invoice);
  },
}));

/** Minor units, over the invoice's payments in these statuses. */
async function sum(
  em: RequestContext['em'],
  invoice: Invoice,
  statuses: Payment['status'][],
): Promise<number> {
  const payments = await em.find(Payment, { invoice, status: { $in: statuses } });
  return payments.reduce((total, { amount }) => total + amount, 0);
}
