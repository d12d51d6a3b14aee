import { z } from 'zod';
import type { InsulaBuilder } from '../../module.ts';
import { Customer } from '../customers/index.ts';
import type { InvoiceFilter as Filter } from './list.ts';

/** A filter as the API has it: with a global id in place of the key. */
type GivenFilter = Omit<Filter, 'customerId'> & { customerId?: { id: string } | null | undefined };

/** What every list of invoices takes. */
export function defineInvoiceLists(builder: InsulaBuilder) {
  const InvoiceStatus = builder.enumType('InvoiceStatus', {
    description: 'Where an invoice stands.',
    values: {
      DRAFT: { value: 'draft', description: 'Can still be changed.' },
      ISSUED: { value: 'issued', description: 'Has its number; the customer is to pay.' },
      PAID: { value: 'paid', description: 'Paid in full.' },
      VOID: { value: 'void', description: 'Cancelled.' },
    } as const,
  });

  const InvoiceOrder = builder.enumType('InvoiceOrder', {
    description: 'The order of a list of invoices.',
    values: {
      NEWEST: { value: 'newest', description: 'Last issued first; drafts at the end.' },
      OLDEST: { value: 'oldest', description: 'First issued first; drafts at the end.' },
      DUE_FIRST: { value: 'dueFirst', description: 'Due first; those without a due date at the end.' },
      DUE_LAST: { value: 'dueLast', description: 'Due last on top; those without a due date at the end.' },
      LARGEST: { value: 'largest', description: 'The largest gross amount first, whatever the currency.' },
      SMALLEST: { value: 'smallest', description: 'The smallest gross amount first, whatever the currency.' },
      NUMBER: { value: 'number', description: 'By number; drafts at the end.' },
    } as const,
  });

  const InvoiceFilter = builder.inputType('InvoiceFilter', {
    description: 'Which invoices: those for which everything holds that is said.',
    fields: (t) => ({
      status: t.field({ type: [InvoiceStatus], description: 'In one of these.' }),
      customerId: t.globalID({ for: Customer, description: 'Of the customer with that global id.' }),
      overdue: t.boolean({
        description: 'Whether it is issued, not paid, and its last day to pay is over (UTC).',
      }),
      issuedFrom: t.field({ type: 'LocalDate', description: 'Issued on that day or later.' }),
      issuedBefore: t.field({ type: 'LocalDate', description: 'Issued before that day.' }),
      dueFrom: t.field({ type: 'LocalDate', description: 'Due on that day or later.' }),
      dueBefore: t.field({ type: 'LocalDate', description: 'Due before that day.' }),
      currency: t.field({ type: 'Currency', description: 'In that currency.' }),
      grossFrom: t.field({ type: 'SafeInt', description: 'Over at least so much, in minor units.' }),
      grossTo: t.field({ type: 'SafeInt', description: 'Over at most so much, in minor units.' }),
      search: t.string({
        description: 'Part of the number or the note.',
        validate: z.string().trim().min(1).max(200),
      }),
    }),
  });

  const plain = (filter: GivenFilter | null | undefined): Filter => ({
    ...filter,
    customerId: filter?.customerId?.id,
  });
  return { InvoiceStatus, InvoiceOrder, InvoiceFilter, plain };
}
