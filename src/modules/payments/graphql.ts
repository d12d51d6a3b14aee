import { z } from 'zod';
import type { InsulaBuilder } from '../../module.ts';
import { Invoice } from '../invoices/index.ts';
import { Payment } from './entities/payment.ts';
import { definePaymentMutations } from './graphql-mutations.ts';
import type { ChargeJobs } from './jobs.ts';
import { paymentCriteria } from './list.ts';
import { paymentChanged } from './topics.ts';

/** Payments, and the payments of an invoice. @param jobs those that collect payments, when somebody does */
export function definePaymentTypes(builder: InsulaBuilder, jobs: ChargeJobs | undefined): void {
  const PaymentStatus = builder.enumType('PaymentStatus', {
    description: 'Where a payment stands.',
    values: {
      PENDING: { value: 'pending', description: 'Is to be collected; the provider has not answered yet.' },
      PROCESSING: { value: 'processing', description: 'Is being collected; the bank takes its time.' },
      SUCCEEDED: { value: 'succeeded', description: 'The money is there.' },
      FAILED: { value: 'failed', description: 'Nothing was collected, and nothing will be.' },
    } as const,
  });

  const PaymentOrder = builder.enumType('PaymentOrder', {
    description: 'The order of a list of payments.',
    values: {
      NEWEST: { value: 'newest', description: 'Last received first; what is not received yet on top.' },
      OLDEST: { value: 'oldest', description: 'First received first; what is not received yet at the end.' },
      LARGEST: { value: 'largest', description: 'The largest amount first.' },
      SMALLEST: { value: 'smallest', description: 'The smallest amount first.' },
    } as const,
  });

  const PaymentFilter = builder.inputType('PaymentFilter', {
    description: 'Which payments: those for which everything holds that is said.',
    fields: (t) => ({
      status: t.field({ type: [PaymentStatus], description: 'In one of these.' }),
      invoiceId: t.globalID({ for: Invoice, description: 'Of the invoice with that global id.' }),
      receivedFrom: t.field({ type: 'LocalDate', description: 'Received on that day or later.' }),
      receivedBefore: t.field({ type: 'LocalDate', description: 'Received before that day.' }),
      amountFrom: t.field({ type: 'SafeInt', description: 'At least so much, in minor units.' }),
      amountTo: t.field({ type: 'SafeInt', description: 'At most so much, in minor units.' }),
    }),
  });

  builder.entityNode(Payment, {
    description: 'Money that came in for an invoice, or that is being collected.',
    permission: 'payments:read',
    fields: (t) => ({
      amount: t.expose('amount', { type: 'SafeInt', description: 'Minor units of the invoice’s currency.' }),
      status: t.expose('status', { type: PaymentStatus, description: 'Where the payment stands.' }),
      receivedOn: t.expose('receivedOn', {
        type: 'LocalDate',
        description: 'The day the money came in; null before that.',
      }),
      reference: t.expose('reference', { description: 'What the bank or the customer wrote on it.' }),
      failure: t.expose('failure', { description: 'Why nothing was collected; null unless it failed.' }),
      createdAt: t.expose('createdAt', { description: 'When the payment was recorded or requested.' }),
      invoice: t.relation('invoice', {
        description: 'The invoice that it pays, in part or in full.',
        permission: 'invoices:read',
      }),
    }),
  });

  builder.entityFields(Invoice, (t) => ({
    payments: t.inverse(Payment, 'invoice', {
      description: 'The invoice’s payments, the first to come in on top.',
      permission: 'payments:read',
      args: {
        status: t.arg({
          type: [PaymentStatus],
          defaultValue: ['succeeded'],
          description: 'Those in one of these; what came in, when left out.',
        }),
      },
      query: ({ status }) => paymentCriteria({ status }, ['oldest']),
    }),
    paymentCount: t.inverseCount(Payment, 'invoice', {
      description: 'How many payments of the invoice there are, those that failed included.',
      permission: 'payments:read',
      args: { filter: t.arg({ type: PaymentFilter, description: 'Which ones; all when left out.' }) },
      query: ({ filter }) => ({ where: paymentCriteria(plain(filter), []).where }),
    }),
  }));

  builder.queryFields((t) => ({
    payment: t.entityField({
      description: 'The payment with that id.',
      permission: 'payments:read',
      type: Payment,
      nullable: true,
      args: { id: t.arg.globalID({ required: true, for: Payment, description: 'Its global id.' }) },
      resolve: (read, _root, { id }) => read({ key: id.id }),
    }),
    payments: t.entityConnection({
      description: 'Payments, a page at a time.',
      permission: 'payments:read',
      type: Payment,
      args: {
        filter: t.arg({ type: PaymentFilter, description: 'Which ones; all when left out.' }),
        order: t.arg({
          type: [PaymentOrder],
          defaultValue: ['newest'],
          validate: z.array(z.string()).max(4),
          description: 'By the first of these; what is equal there by the next one.',
        }),
      },
      query: (_root, { filter, order }) => paymentCriteria(plain(filter), order ?? ['newest']),
    }),
  }));

  builder.subscriptionFields((t) => ({
    paymentChanged: t.entityField({
      description: 'A payment that was recorded or requested, or is in another status.',
      permission: 'payments:read',
      type: Payment,
      subscribe: (_root, _args, { events }) => events(paymentChanged),
      resolve: (read, { id }) => read({ key: id }),
    }),
  }));

  definePaymentMutations(builder, jobs);
}

/** A filter as the API has it, with the key in place of the global id. */
function plain<Filter extends { invoiceId?: { id: string } | null | undefined }>(
  filter: Filter | null | undefined,
) {
  return { ...filter, invoiceId: filter?.invoiceId?.id };
}
