import { defineService, LockMode, type RequestContext } from '../../module.ts';
import { Payment } from './entities/payment.ts';
import type { ChargeOutcome, ChargeRequest, FailedCharge, OpenCharge } from './provider/provider.ts';
import { paymentService } from './service.ts';
import { paymentChanged } from './topics.ts';

/** What a job takes to the provider. */
export interface ChargeToOpen {
  readonly request: ChargeRequest;
  readonly idempotencyKey: string;
}

/** What a job wants to know from the provider. */
export interface ChargeToSettle {
  readonly reference: string;
  /** Whether the invoice is still to be paid; otherwise the charge is given up. */
  readonly wanted: boolean;
  readonly idempotencyKey: string;
}

/** What jobs read before, and write down after, they talked to the provider; the two are never in one transaction. */
export const chargeService = defineService('charges', ({ em, now, tenant, use, publish }) => {
  /** One key for a payment, in whatever job. */
  const keyOf = ({ id }: Payment) => `${tenant.id}.payment.${id}`;

  return {
    /** Undefined where there is nothing to open: it was, or the invoice is no longer to be paid. */
    async toOpen(id: string): Promise<ChargeToOpen | undefined> {
      const payment = await em.findOneOrFail(Payment, { id }, { populate: ['invoice'] });
      const { invoice, status, charge, amount, paymentMethod } = payment;
      if (status !== 'pending' || charge || !paymentMethod || invoice.status !== 'issued') return undefined;
      const description = `Invoice ${invoice.number}, ${tenant.name}`;
      const request = { amount, currency: invoice.currency, paymentMethod, description };
      return { request, idempotencyKey: keyOf(payment) };
    },

    /** Writes the charge's name down. @returns whether its money is to be taken now */
    async opened(id: string, answer: OpenCharge | FailedCharge | undefined): Promise<boolean> {
      const payment = await lock(em, id);
      if (payment.status !== 'pending' || payment.charge) return false;
      if (answer?.status === 'open') {
        payment.charge = answer.reference;
        await em.flush();
        return true;
      }
      await fail(payment, answer?.reason ?? 'The invoice is no longer to be paid.');
      return false;
    },

    /** Undefined where the provider's last word is known. */
    async toSettle(id: string): Promise<ChargeToSettle | undefined> {
      const payment = await em.findOneOrFail(Payment, { id }, { populate: ['invoice'] });
      const { charge, status, invoice } = payment;
      if (!charge || !isUnderWay(status)) return undefined;
      return { reference: charge, wanted: invoice.status === 'issued', idempotencyKey: keyOf(payment) };
    },

    /** Writes down how a charge ended, once; the invoice is paid when nothing is left. */
    async settled(id: string, outcome: ChargeOutcome): Promise<void> {
      const payment = await lock(em, id);
      if (!isUnderWay(payment.status) || payment.status === outcome.status) return;
      if (outcome.status === 'failed') return fail(payment, outcome.reason);
      payment.status = outcome.status;
      if (outcome.status === 'succeeded') payment.receivedOn = now.toISOString().slice(0, 10);
      await em.flush();
      await publish(paymentChanged, { id });
      await use(paymentService).settle(payment.invoice);
    },

    /** The payments whose provider has not had its last word. */
    async processing(): Promise<string[]> {
      const payments = await em.find(Payment, { status: 'processing' }, { fields: ['id'] });
      return payments.map(({ id }) => id);
    },
  };

  async function fail(payment: Payment, reason: string): Promise<void> {
    em.assign(payment, { status: 'failed', failure: reason.slice(0, 500) });
    await em.flush();
    await publish(paymentChanged, { id: payment.id });
  }
});

const isUnderWay = (status: Payment['status']) => status === 'pending' || status === 'processing';

/** The payment, its invoice locked as everybody locks it who changes what is paid. */
async function lock(em: RequestContext['em'], id: string): Promise<Payment> {
  const payment = await em.findOneOrFail(Payment, { id }, { populate: ['invoice'] });
  await em.lock(payment.invoice, LockMode.PESSIMISTIC_WRITE);
  await em.refresh(payment);
  await em.refresh(payment.invoice);
  return payment;
}
