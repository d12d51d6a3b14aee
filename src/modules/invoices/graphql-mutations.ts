import { z } from 'zod';
import type { InsulaBuilder } from '../../module.ts';
import { Customer } from '../customers/index.ts';
import { MAX_LINES } from './amounts.ts';
import { Invoice } from './entities/invoice.ts';
import { invoiceService } from './service.ts';

/** One invoice's largest amounts: a thousand lines of these still add up below 2^53. */
const MAX_QUANTITY = 100_000;
const MAX_UNIT_PRICE = 1_000_000_00;

/** Create a draft, issue it, void it, delete it. */
export function defineInvoiceMutations(builder: InsulaBuilder): void {
  builder.mutationFields((t) => ({
    createInvoice: t.field({
      description: 'Creates a draft.',
      permission: 'invoices:write',
      type: payloadType(builder, 'CreateInvoicePayload', 'The new draft.'),
      args: {
        input: t.arg({ type: defineDraftInput(builder), required: true, description: 'The new draft.' }),
      },
      resolve: async (_root, { input: { customerId, ...draft } }, { use }) => ({
        id: await use(invoiceService).createDraft({ ...draft, customerId: customerId.id }),
      }),
    }),
    issueInvoice: t.field({
      description: 'Gives a draft its number and its dates; it can no longer be changed.',
      permission: 'invoices:write',
      type: payloadType(builder, 'IssueInvoicePayload', 'The invoice that was issued.'),
      args: {
        input: t.arg({
          type: idInputType(builder, 'IssueInvoiceInput', 'Which draft is to be issued.'),
          required: true,
          description: 'Which draft.',
        }),
      },
      resolve: async (_root, { input }, { use }) => ({ id: await use(invoiceService).issue(input.id.id) }),
    }),
    voidInvoice: t.field({
      description: 'Cancels an issued invoice.',
      permission: 'invoices:write',
      type: payloadType(builder, 'VoidInvoicePayload', 'The invoice that was cancelled.'),
      args: {
        input: t.arg({
          type: idInputType(builder, 'VoidInvoiceInput', 'Which issued invoice is to be cancelled.'),
          required: true,
          description: 'Which issued invoice.',
        }),
      },
      resolve: async (_root, { input }, { use }) => ({ id: await use(invoiceService).void(input.id.id) }),
    }),
    deleteInvoice: t.field({
      description: 'Deletes a draft.',
      permission: 'invoices:write',
      type: builder.objectRef<{ id: string }>('DeleteInvoicePayload').implement({
        description: 'The draft that was deleted.',
        permission: 'invoices:read',
        fields: (t) => ({
          deletedInvoiceId: t.globalID({
            description: 'The global id that it had.',
            resolve: ({ id }) => ({ type: 'Invoice', id }),
          }),
        }),
      }),
      args: {
        input: t.arg({
          type: idInputType(builder, 'DeleteInvoiceInput', 'Which draft is to be deleted.'),
          required: true,
          description: 'Which draft.',
        }),
      },
      resolve: async (_root, { input }, { use }) => ({
        id: await use(invoiceService).deleteDraft(input.id.id),
      }),
    }),
  }));
}

/** What a mutation returns that leaves an invoice; each has a type of its own, so that it can grow alone. */
function payloadType(builder: InsulaBuilder, name: string, description: string) {
  return builder.objectRef<{ id: string }>(name).implement({
    description,
    permission: 'invoices:read',
    fields: (t) => ({
      invoice: t.entityField({
        type: Invoice,
        description: 'The invoice as it now is.',
        resolve: (read, { id }) => read({ key: id }),
      }),
    }),
  });
}

/** What a mutation takes that wants to know the invoice and no more. */
function idInputType(builder: InsulaBuilder, name: string, description: string) {
  return builder.inputType(name, {
    description,
    fields: (t) => ({
      id: t.globalID({ required: true, for: Invoice, description: 'The global id of the invoice.' }),
    }),
  });
}

function defineDraftInput(builder: InsulaBuilder) {
  const InvoiceLineInput = builder.inputType('InvoiceLineInput', {
    description: 'A position of the new invoice.',
    fields: (t) => ({
      description: t.string({
        required: true,
        description: 'What was delivered or done; at most 500 characters.',
        validate: z.string().trim().min(1).max(500),
      }),
      quantity: t.int({
        required: true,
        description: 'How many, from 1 to 100,000.',
        validate: z.int().min(1).max(MAX_QUANTITY),
      }),
      unitPrice: t.field({
        type: 'SafeInt',
        required: true,
        description: 'The price of one, in minor units of the invoice’s currency.',
        validate: z.int().min(0).max(MAX_UNIT_PRICE),
      }),
      taxRate: t.int({
        required: true,
        description: 'Hundredths of a percent: 1900 is 19 %.',
        validate: z.int().min(0).max(10_000),
      }),
    }),
  });

  return builder.inputType('CreateInvoiceInput', {
    description: 'What a draft needs; totals and taxes follow from its lines.',
    fields: (t) => ({
      customerId: t.globalID({
        required: true,
        for: Customer,
        description: 'The global id of the customer who is to pay.',
      }),
      currency: t.field({
        type: 'Currency',
        required: true,
        description: 'The currency of every amount on the invoice.',
      }),
      paymentDays: t.int({ description: 'Days to pay; 30 if left out.', validate: z.int().min(0).max(365) }),
      note: t.string({
        description: 'A remark for the customer; at most 2,000 characters.',
        validate: z.string().max(2000),
      }),
      lines: t.field({
        type: [InvoiceLineInput],
        required: true,
        description: `The positions, in their order: from 1 to ${MAX_LINES}.`,
        validate: z.array(z.unknown()).min(1, 'An invoice needs a line.').max(MAX_LINES),
      }),
    }),
  });
}
