import { type Principal, rowPolicy } from '../../module.ts';
import { Invoice } from './entities/invoice.ts';
import { InvoiceLine } from './entities/invoice-line.ts';

const NO_DRAFT = { status: { $ne: 'draft' } } as const;
const maySeeDrafts = (principal: Principal) => principal.may('invoices:read-drafts');

/** Drafts, and what is in them, are for those who write invoices. */
export const invoicePolicies = [
  rowPolicy({
    name: 'invoice-drafts',
    entity: Invoice,
    where: (principal) => (maySeeDrafts(principal) ? undefined : NO_DRAFT),
  }),
  rowPolicy({
    name: 'invoice-draft-lines',
    entity: InvoiceLine,
    where: (principal) => (maySeeDrafts(principal) ? undefined : { invoice: NO_DRAFT }),
  }),
];
