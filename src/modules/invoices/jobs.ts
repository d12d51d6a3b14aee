import { z } from 'zod';
import { defineJob } from '../../module.ts';
import { Invoice } from './entities/invoice.ts';
import { invoiceMail } from './mail.ts';

const whichInvoice = z.object({ invoiceId: z.uuid() });

/** Sends an invoice to its customer. */
export const mailInvoice = defineJob({
  name: 'invoices:mail',
  payload: whichInvoice,
  outside: {
    prepare: ({ use }, { invoiceId }) => use(invoiceMail).invoice(invoiceId),
    send: (letter, { mail }) => mail(letter),
  },
});

/** Sends a reminder, unless the invoice was paid meanwhile. */
export const mailReminder = defineJob({
  name: 'invoices:remind',
  payload: whichInvoice,
  outside: {
    prepare: ({ use }, { invoiceId }) => use(invoiceMail).reminder(invoiceId),
    send: (letter, { mail }) => mail(letter),
  },
});

/** Whoever is overdue for longer, when nobody reminded them in time, is a person's business. */
const DAYS_BACK = 7;
const DAY = 24 * 60 * 60 * 1000;

/** Once a day: a reminder for each invoice that became overdue, once for each. */
export const remindOfOverdue = defineJob({
  name: 'invoices:overdue',
  payload: z.object({ on: z.iso.date() }),
  run: async ({ em, enqueue }, { on }) => {
    const oldest = new Date(Date.parse(on) - DAYS_BACK * DAY).toISOString().slice(0, 10);
    const overdue = await em.find(Invoice, {
      status: 'issued',
      dueOn: { $lt: on, $gte: oldest },
      remindedOn: null,
    });
    for (const invoice of overdue) {
      invoice.remindedOn = on;
      await enqueue(mailReminder, { invoiceId: invoice.id });
    }
    await em.flush();
  },
});
