import {
  type Criteria,
  defineService,
  ForeignKeyConstraintViolationException,
  problems,
} from '../../module.ts';
import { customerService } from '../customers/index.ts';
import { lineAmounts, totals } from './amounts.ts';
import { Invoice, type InvoiceStatus } from './entities/invoice.ts';
import { InvoiceLine } from './entities/invoice-line.ts';
import { invoiceErrors } from './errors.ts';
import { mailInvoice } from './jobs.ts';
import { type InvoiceFilter, type InvoiceOrder, invoiceCriteria } from './list.ts';
import { takeInvoiceNumber } from './numbering.ts';
import { invoiceChanged } from './topics.ts';

/** A position as the client names it; amounts follow from it. */
export interface LineInput {
  description: string;
  quantity: number;
  unitPrice: number;
  taxRate: number;
}

/** What a new draft needs. */
export interface DraftInput {
  customerId: string;
  currency: string;
  paymentDays?: number | null | undefined;
  note?: string | null | undefined;
  lines: readonly LineInput[];
}

const DAY = 24 * 60 * 60 * 1000;
const dayOf = (time: Date) => time.toISOString().slice(0, 10);

export const invoiceService = defineService('invoices', ({ em, now, use, publish, enqueue }) => ({
  byId: (id: string) => ({ key: id }),

  /** The invoice, if it is in one of these statuses now. */
  ifIn: (id: string, status: readonly InvoiceStatus[] | null | undefined): Criteria<Invoice> => ({
    where: { id, ...(status && { status: { $in: [...status] } }) },
  }),

  list: (filter: InvoiceFilter, order: readonly InvoiceOrder[]): Criteria<Invoice> =>
    invoiceCriteria(filter, order, dayOf(now)),

  async createDraft({ customerId, lines, currency, paymentDays, note }: DraftInput): Promise<string> {
    const invoice = em.create(Invoice, {
      customer: use(customerService).reference(customerId),
      currency,
      ...(paymentDays != null && { paymentDays }),
      note: note ?? null,
    });
    lines.forEach((line, index) => {
      const { net, tax } = lineAmounts(line.quantity, line.unitPrice, line.taxRate);
      invoice.lines.add(em.create(InvoiceLine, { ...line, invoice, position: index + 1, net, tax }));
    });
    em.assign(invoice, totals(invoice.lines));
    await em.flush().catch(refuseUnknownCustomer);
    await publish(invoiceChanged, { id: invoice.id });
    return invoice.id;
  },

  /** Gives the draft its number and its dates, and has it mailed; from then on it can't be changed. */
  async issue(id: string): Promise<string> {
    const invoice = await this.get(id, invoiceErrors.INVOICE_NOT_DRAFT, 'draft');
    if ((await invoice.lines.loadCount()) === 0) {
      throw invoiceErrors.INVOICE_EMPTY('Add a line before you issue the invoice.');
    }
    em.assign(invoice, {
      status: 'issued',
      issuedOn: dayOf(now),
      dueOn: dayOf(new Date(now.getTime() + invoice.paymentDays * DAY)),
    });
    await enqueue(mailInvoice, { invoiceId: invoice.id });
    await em.flush();
    await publish(invoiceChanged, { id });
    // Last: until the commit, everyone else who issues waits for this number.
    invoice.number = await takeInvoiceNumber(em, now.getUTCFullYear());
    await em.flush();
    return invoice.id;
  },

  async void(id: string): Promise<string> {
    const invoice = await this.get(id, invoiceErrors.INVOICE_NOT_ISSUED, 'issued');
    invoice.status = 'void';
    await em.flush();
    await publish(invoiceChanged, { id });
    return invoice.id;
  },

  /** For those who know that it was paid in full. */
  async markPaid(invoice: Invoice): Promise<void> {
    invoice.status = 'paid';
    await em.flush();
    await publish(invoiceChanged, { id: invoice.id });
  },

  async deleteDraft(id: string): Promise<string> {
    const invoice = await this.get(id, invoiceErrors.INVOICE_NOT_DRAFT, 'draft');
    await em.remove(invoice).flush();
    return id;
  },

  /** An invoice in the status that is needed. @throws Problem `NOT_FOUND`, or the refusal for another status. */
  async get(
    id: string,
    refuse: (typeof invoiceErrors)[keyof typeof invoiceErrors],
    status: InvoiceStatus,
  ): Promise<Invoice> {
    const invoice = await em.findOne(Invoice, { id });
    if (!invoice) throw problems.NOT_FOUND('There is no such invoice.');
    if (invoice.status !== status)
      throw refuse(`The invoice is ${invoice.status}; it would have to be ${status}.`);
    return invoice;
  },
}));

/** A new draft refers to its customer alone. */
function refuseUnknownCustomer(error: unknown): never {
  throw error instanceof ForeignKeyConstraintViolationException
    ? problems.NOT_FOUND('There is no such customer.', { cause: error })
    : error;
}
