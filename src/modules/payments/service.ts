import { type Criteria, defineErrors, defineService, LockMode, type RequestContext } from '../../module.ts';
import { type Invoice, invoiceErrors, invoiceService } from '../invoices/index.ts';
import { Payment } from './entities/payment.ts';

export const paymentErrors = defineErrors({
  OVERPAYMENT: { status: 409, description: 'More would be paid than the invoice asks for.' },
});

/** A payment as it is entered. */
export interface PaymentInput {
  invoiceId: string;
  amount: number;
  receivedOn: string;
  reference?: string | null | undefined;
}

export const paymentService = defineService('payments', ({ em, use }) => ({
  list: (): Criteria<Payment> => ({ orderBy: { receivedOn: 'desc' } }),

  /** Records what came in; the invoice is paid when nothing is left. */
  async record({ invoiceId, amount, receivedOn, reference }: PaymentInput): Promise<string> {
    const invoices = use(invoiceService);
    const invoice = await invoices.get(invoiceId, invoiceErrors.INVOICE_NOT_ISSUED, 'issued');
    // Two payments of one invoice wait for each other, or both would see the same remainder.
    await em.lock(invoice, LockMode.PESSIMISTIC_WRITE);
    const open = invoice.gross - (await paidSoFar(em, invoice));
    if (amount > open) {
      throw paymentErrors.OVERPAYMENT(`Only ${open} (minor units) are open on this invoice.`, {
        extensions: { open },
      });
    }
    const payment = em.create(Payment, { invoice, amount, receivedOn, reference: reference ?? null });
    if (amount === open) await invoices.markPaid(invoice);
    await em.flush();
    return payment.id;
  },
}));

async function paidSoFar(em: RequestContext['em'], invoice: Invoice): Promise<number> {
  const payments = await em.find(Payment, { invoice });
  return payments.reduce((sum, { amount }) => sum + amount, 0);
}
