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
  const InvoicePayload = builder.objectRef<{ id: string }>('InvoicePayload').implement({
    description: 'The invoice as it now is.',
    permission: 'invoices:read',
    fields: (t) => ({
      invoice: t.entityField({ type: Invoice, resolve: (read, { id }) => read({ key: id }) }),
    }),
  });

  const DeletedInvoicePayload = builder.objectRef<{ id: string }>('DeletedInvoicePayload').implement({
    description: 'What was deleted.',
    permission: 'invoices:read',
    fields: (t) => ({ id: t.globalID({ resolve: ({ id }) => ({ type: 'Invoice', id }) }) }),
  });

  const InvoiceLineInput = builder.inputType('InvoiceLineInput', {
    description: 'A position of the new invoice.',
    fields: (t) => ({
      description: t.string({ required: true, validate: z.string().trim().min(1).max(500) }),
      quantity: t.int({ required: true, validate: z.int().min(1).max(MAX_QUANTITY) }),
      unitPrice: t.field({
        type: 'SafeInt',
        required: true,
        description: 'Minor units of the invoice’s currency.',
        validate: z.int().min(0).max(MAX_UNIT_PRICE),
      }),
      taxRate: t.int({
        required: true,
        description: 'Hundredths of a percent: 1900 is 19 %.',
        validate: z.int().min(0).max(10_000),
      }),
    }),
  });

  const CreateInvoiceInput = builder.inputType('CreateInvoiceInput', {
    fields: (t) => ({
      customerId: t.globalID({ required: true, for: Customer }),
      currency: t.field({ type: 'Currency', required: true }),
      paymentDays: t.int({ description: 'Days to pay; 30 if left out.', validate: z.int().min(0).max(365) }),
      note: t.string({ validate: z.string().max(2000) }),
      lines: t.field({
        type: [InvoiceLineInput],
        required: true,
        validate: z.array(z.unknown()).min(1, 'An invoice needs a line.').max(MAX_LINES),
      }),
    }),
  });

  const InvoiceIdInput = builder.inputType('InvoiceIdInput', {
    description: 'Which invoice.',
    fields: (t) => ({ id: t.globalID({ required: true, for: Invoice }) }),
  });

  builder.mutationFields((t) => ({
    createInvoice: t.field({
      description: 'Creates a draft.',
      permission: 'invoices:write',
      type: InvoicePayload,
      args: { input: t.arg({ type: CreateInvoiceInput, required: true }) },
      resolve: async (_root, { input: { customerId, ...draft } }, { use }) => ({
        id: await use(invoiceService).createDraft({ ...draft, customerId: customerId.id }),
      }),
    }),
    issueInvoice: t.field({
      description: 'Gives a draft its number and its dates; it can no longer be changed.',
      permission: 'invoices:write',
      type: InvoicePayload,
      args: { input: t.arg({ type: InvoiceIdInput, required: true }) },
      resolve: async (_root, { input }, { use }) => ({ id: await use(invoiceService).issue(input.id.id) }),
    }),
    voidInvoice: t.field({
      description: 'Cancels an issued invoice.',
      permission: 'invoices:write',
      type: InvoicePayload,
      args: { input: t.arg({ type: InvoiceIdInput, required: true }) },
      resolve: async (_root, { input }, { use }) => ({ id: await use(invoiceService).void(input.id.id) }),
    }),
    deleteInvoice: t.field({
      description: 'Deletes a draft.',
      permission: 'invoices:write',
      type: DeletedInvoicePayload,
      args: { input: t.arg({ type: InvoiceIdInput, required: true }) },
      resolve: async (_root, { input }, { use }) => ({
        id: await use(invoiceService).deleteDraft(input.id.id),
      }),
    }),
  }));
}
