import { z } from 'zod';
import type { InsulaBuilder } from '../../module.ts';
import { Invoice } from '../invoices/index.ts';
import { Payment } from './entities/payment.ts';
import { paymentErrors } from './errors.ts';
import type { ChargeJobs } from './jobs.ts';
import { paymentService } from './service.ts';

/** Record a payment that came in; request one from the provider. */
export function definePaymentMutations(builder: InsulaBuilder, jobs: ChargeJobs | undefined): void {
  builder.mutationFields((t) => ({
    recordPayment: t.field({
      description: 'Records money that came in; an invoice that is paid in full changes to PAID.',
      permission: 'payments:write',
      type: payloadType(builder, 'RecordPaymentPayload', 'The payment that was recorded.'),
      args: {
        input: t.arg({
          type: recordInput(builder),
          required: true,
          description: 'The money that came in.',
        }),
      },
      resolve: async (_root, { input: { invoiceId, ...payment } }, { use }) => ({
        id: await use(paymentService).record({ ...payment, invoiceId: invoiceId.id }),
      }),
    }),
    requestPayment: t.field({
      description:
        'Has a payment collected by the provider, soon after the reply: it is PENDING until the provider has answered.',
      permission: 'payments:write',
      type: payloadType(builder, 'RequestPaymentPayload', 'The payment that was requested.'),
      args: {
        input: t.arg({
          type: requestInput(builder),
          required: true,
          description: 'What is to be collected, and from what.',
        }),
      },
      resolve: async (_root, { input: { invoiceId, ...collection } }, { use, enqueue }) => {
        if (!jobs) throw paymentErrors.NO_PAYMENT_PROVIDER('No provider collects payments here.');
        const id = await use(paymentService).collect({ ...collection, invoiceId: invoiceId.id });
        await enqueue(jobs.open, { paymentId: id });
        return { id };
      },
    }),
  }));
}

/** What a mutation returns that leaves a payment; each has a type of its own, so that it can grow alone. */
function payloadType(builder: InsulaBuilder, name: string, description: string) {
  return builder.objectRef<{ id: string }>(name).implement({
    description,
    permission: 'payments:read',
    fields: (t) => ({
      payment: t.entityField({
        type: Payment,
        description: 'The payment, and through it the invoice as it now is.',
        resolve: (read, { id }) => read({ key: id }),
      }),
    }),
  });
}

function recordInput(builder: InsulaBuilder) {
  return builder.inputType('RecordPaymentInput', {
    description: 'Money that came in, and for what.',
    fields: (t) => ({
      invoiceId: t.globalID({
        required: true,
        for: Invoice,
        description: 'The global id of the invoice that it pays.',
      }),
      amount: t.field({
        type: 'SafeInt',
        required: true,
        description: 'Minor units of the invoice’s currency.',
        validate: z.int().min(1),
      }),
      receivedOn: t.field({
        type: 'LocalDate',
        required: true,
        description: 'The day the money came in.',
      }),
      reference: t.string({
        description: 'What the bank or the customer wrote on it; at most 200 characters.',
        validate: z.string().trim().min(1).max(200),
      }),
    }),
  });
}

function requestInput(builder: InsulaBuilder) {
  return builder.inputType('RequestPaymentInput', {
    description: 'What the provider is to collect, and from what.',
    fields: (t) => ({
      invoiceId: t.globalID({
        required: true,
        for: Invoice,
        description: 'The global id of the invoice that is to be paid.',
      }),
      amount: t.field({
        type: 'SafeInt',
        description: 'Minor units of the invoice’s currency; all that is open when left out.',
        validate: z.int().min(1),
      }),
      paymentMethod: t.string({
        required: true,
        description: 'The provider’s name for the customer’s card or account, such as `pm_card_visa`.',
        validate: z.string().regex(/^[\w-]{1,255}$/, 'Not a name that a provider gives.'),
      }),
    }),
  });
}
