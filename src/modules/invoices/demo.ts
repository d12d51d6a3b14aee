import type { RequestContext } from '../../module.ts';
import { Customer } from '../customers/index.ts';
import { type DemoRandom, demoRandom } from '../demo-random.ts';
import { lineAmounts, totals } from './amounts.ts';
import { Invoice, type InvoiceStatus } from './entities/invoice.ts';
import { InvoiceLine } from './entities/invoice-line.ts';
import { InvoiceSeries } from './entities/invoice-series.ts';

const WORK = [
  ['Consulting, per hour', 14_500],
  ['Workshop, per day', 168_000],
  ['Support, monthly', 39_000],
  ['Licence, yearly', 120_000],
  ['Hosting, monthly', 8_900],
  ['Travel expenses', 21_350],
] as const;
const STATUSES = ['draft', 'issued', 'issued', 'paid', 'paid', 'paid', 'paid', 'void'] as const;
const DAY = 24 * 60 * 60 * 1000;
const INVOICES = 240;

/** Twenty dozen invoices over the last months, numbered in the order of their issue. */
export async function createDemoInvoices({ em, tenant, now }: RequestContext): Promise<void> {
  const random = demoRandom(`${tenant.slug} invoices`);
  const all = await em.find(Customer, {}, { orderBy: { name: 'asc' } });
  const last = new Map<number, number>();
  for (let index = 0; index < INVOICES; index++) {
    const age = (INVOICES - index) * DAY;
    createInvoice(em, random, random.pick(all), new Date(now.getTime() - age), last);
  }
  for (const [year, lastNumber] of last) em.create(InvoiceSeries, { year, lastNumber });
  await em.flush();
}

function createInvoice(
  em: RequestContext['em'],
  random: DemoRandom,
  customer: Customer,
  createdAt: Date,
  last: Map<number, number>,
): void {
  const status: InvoiceStatus = random.pick(STATUSES);
  const invoice = em.create(Invoice, {
    customer,
    status,
    currency: customer.country === 'CH' ? 'CHF' : 'EUR',
    createdAt,
    ...(status !== 'draft' && issue(createdAt, last)),
  });
  const lines = random.between(1, 5);
  for (let position = 1; position <= lines; position++) {
    const [description, unitPrice] = random.pick(WORK);
    const quantity = random.between(1, 12);
    const taxRate = random.pick([1900, 1900, 700]);
    const { net, tax } = lineAmounts(quantity, unitPrice, taxRate);
    const line = { invoice, position, description, quantity, unitPrice, taxRate, net, tax };
    invoice.lines.add(em.create(InvoiceLine, line));
  }
  em.assign(invoice, totals(invoice.lines));
}

function issue(createdAt: Date, last: Map<number, number>) {
  const year = createdAt.getUTCFullYear();
  const next = (last.get(year) ?? 0) + 1;
  last.set(year, next);
  return {
    number: `${year}-${String(next).padStart(4, '0')}`,
    issuedOn: createdAt.toISOString().slice(0, 10),
    dueOn: new Date(createdAt.getTime() + 30 * DAY).toISOString().slice(0, 10),
  };
}
