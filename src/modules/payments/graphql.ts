import { z } from 'zod';
import type { InsulaBuilder } from '../../module.ts';
import { Invoice } from '../invoices/index.ts';
import { Payment } from './entities/payment.ts';
import { paymentService } from './service.ts';

/** Payments, and the payments of an invoice. */
export function definePaymentTypes(builder: InsulaBuilder): void {
  builder.entityNode(Payment, {
    description: 'Money that came in for an invoice.',
    permission: 'payments:read',
    fields: (t) => ({
      amount: t.expose('amount', { type: 'SafeInt', description: 'Minor units of the invoice’s currency.' }),
      receivedOn: t.expose('receivedOn', { type: 'LocalDate', description: 'The day the money came in.' }),
      reference: t.expose('reference', { description: 'What the bank or the customer wrote on it.' }),
      createdAt: t.expose('createdAt', { description: 'When the payment was recorded.' }),
      invoice: t.relation('invoice', {
        description: 'The invoice that it pays, in part or in full.',
        permission: 'invoices:read',
      }),
    }),
  });

  builder.entityFields(Invoice, (t) => ({
    payments: t.inverse(Payment, 'invoice', {
      description: 'What came in for the invoice so far.',
      permission: 'payments:read',
      query: () => ({ orderBy: { receivedOn: 'asc' } }),
    }),
  }));

  builder.queryFields((t) => ({
    payments: t.entityConnection({
      description: 'Payments, the latest first, a page at a time.',
      permission: 'payments:read',
      type: Payment,
      query: (_root, _args, { use }) => use(paymentService).list(),
    }),
  }));

  const RecordPaymentPayload = builder.objectRef<{ id: string }>('RecordPaymentPayload').implement({
    description: 'The payment that was recorded.',
    permission: 'payments:read',
    fields: (t) => ({
      payment: t.entityField({
        type: Payment,
        description: 'The payment, and through it the invoice as it now is.',
        resolve: (read, { id }) => read({ key: id }),
      }),
    }),
  });

  const RecordPaymentInput = builder.inputType('RecordPaymentInput', {
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

  builder.mutationFields((t) => ({
    recordPayment: t.field({
      description: 'Records money that came in; an invoice that is paid in full changes to PAID.',
      permission: 'payments:write',
      type: RecordPaymentPayload,
      args: {
        input: t.arg({ type: RecordPaymentInput, required: true, description: 'The money that came in.' }),
      },
      resolve: async (_root, { input: { invoiceId, ...payment } }, { use }) => ({
        id: await use(paymentService).record({ ...payment, invoiceId: invoiceId.id }),
      }),
    }),
  }));
}
