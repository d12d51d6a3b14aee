import { z } from 'zod';
import { defineJob, type Job, type Schedule } from '../../module.ts';
import { chargeService } from './charges.ts';
import type { PaymentProvider } from './provider/provider.ts';

const whichPayment = z.object({ paymentId: z.uuid() });

export interface ChargeJobs {
  /** Opens the charge of a pending payment, and then has its money taken. */
  readonly open: Job<{ paymentId: string }>;
  readonly all: readonly Job<unknown>[];
  readonly schedules: readonly Schedule[];
}

/** The jobs that talk to the provider: each reads, calls, and writes the answer down, in this order. */
export function createChargeJobs(provider: PaymentProvider): ChargeJobs {
  const settle = defineJob({
    name: 'payments:settle',
    payload: whichPayment,
    outside: {
      prepare: ({ use }, { paymentId }) => use(chargeService).toSettle(paymentId),
      send: ({ reference, wanted, idempotencyKey }, { signal }) =>
        wanted
          ? provider.capture(reference, { idempotencyKey, signal })
          : provider.cancel(reference, { idempotencyKey, signal }),
    },
    run: async ({ use }, { paymentId }, outcome) => {
      if (outcome) await use(chargeService).settled(paymentId, outcome);
    },
  });

  const open = defineJob({
    name: 'payments:open',
    payload: whichPayment,
    outside: {
      prepare: ({ use }, { paymentId }) => use(chargeService).toOpen(paymentId),
      send: ({ request, idempotencyKey }, { signal }) => provider.open(request, { idempotencyKey, signal }),
    },
    run: async ({ use, enqueue }, { paymentId }, answer) => {
      if (await use(chargeService).opened(paymentId, answer)) await enqueue(settle, { paymentId });
    },
  });

  /** What a bank takes days for. */
  const askAgain = defineJob({
    name: 'payments:ask-again',
    payload: z.object({ on: z.iso.date() }),
    run: async ({ use, enqueue }) => {
      for (const paymentId of await use(chargeService).processing()) await enqueue(settle, { paymentId });
    },
  });

  return {
    open,
    all: [open, settle, askAgain],
    schedules: [{ job: askAgain, every: 'day', at: '05:00' }],
  };
}
