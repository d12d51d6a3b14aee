import { defineService, type Letter, type RequestContext } from '../../module.ts';
import { Invoice } from './entities/invoice.ts';

/** What customers are told of their invoices. */
export const invoiceMail = defineService('invoice mail', ({ em, tenant }) => ({
  /** The invoice itself; undefined where there is nothing to send any more, or nobody to send it to. */
  async invoice(id: string): Promise<Letter | undefined> {
    const invoice = await findIssued(em, id);
    if (!invoice) return undefined;
    const { number, issuedOn, dueOn, currency, net, tax, gross } = invoice;
    return letterTo(invoice, `Invoice ${number} from ${tenant.name}`, [
      `Our invoice ${number} of ${issuedOn}:`,
      '',
      ...invoice.lines.map(
        (line) => `  ${line.quantity} x ${line.description}: ${money(line.net, currency)}`,
      ),
      '',
      `  Net    ${money(net, currency)}`,
      `  Tax    ${money(tax, currency)}`,
      `  Total  ${money(gross, currency)}`,
      '',
      `Please pay by ${dueOn}.`,
    ]);
  },

  /** A reminder, as long as the invoice is not paid. */
  async reminder(id: string): Promise<Letter | undefined> {
    const invoice = await findIssued(em, id);
    if (!invoice) return undefined;
    const { number, dueOn, currency, gross } = invoice;
    return letterTo(invoice, `Reminder: invoice ${number} from ${tenant.name}`, [
      `Our invoice ${number} over ${money(gross, currency)} was due on ${dueOn}.`,
      'If you have paid it meanwhile, please disregard this letter.',
    ]);
  },
}));

/** An invoice that is still to be paid. */
function findIssued(em: RequestContext['em'], id: string): Promise<Invoice | null> {
  return em.findOne(Invoice, { id, status: 'issued' }, { populate: ['customer', 'lines'] });
}

function letterTo({ customer }: Invoice, subject: string, lines: readonly string[]): Letter | undefined {
  const { name, email } = customer;
  if (!email) return undefined;
  return { to: { name, address: email }, subject, text: [`Dear ${name},`, '', ...lines, ''].join('\n') };
}

/** `EUR 1,234.50` */
function money(minorUnits: number, currency: string): string {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency, currencyDisplay: 'code' });
  const { maximumFractionDigits: digits = 2 } = format.resolvedOptions();
  return format.format(minorUnits / 10 ** digits);
}
