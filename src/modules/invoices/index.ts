import { defineModule } from '../../module.ts';
import { customers } from '../customers/index.ts';
import { createDemoInvoices } from './demo.ts';
import { Invoice } from './entities/invoice.ts';
import { InvoiceLine } from './entities/invoice-line.ts';
import { InvoiceSeries } from './entities/invoice-series.ts';
import { invoiceErrors } from './errors.ts';
import { defineInvoiceTypes } from './graphql.ts';
import { mailInvoice, mailReminder, remindOfOverdue } from './jobs.ts';
import { invoiceMail } from './mail.ts';
import { invoicePolicies } from './policies.ts';
import { invoiceService } from './service.ts';

export { Invoice } from './entities/invoice.ts';
export { invoiceErrors } from './errors.ts';
export { invoiceService } from './service.ts';

export const invoices = defineModule({
  name: 'invoices',
  dependsOn: [customers],
  entities: [Invoice, InvoiceLine, InvoiceSeries],
  migrations: new URL('./migrations/', import.meta.url),
  types: defineInvoiceTypes,
  services: [invoiceService, invoiceMail],
  jobs: [mailInvoice, mailReminder, remindOfOverdue],
  schedules: [{ job: remindOfOverdue, every: 'day', at: '06:00' }],
  permissions: {
    'invoices:read': ['owner', 'admin', 'accountant', 'viewer'],
    'invoices:read-drafts': ['owner', 'admin', 'accountant'],
    'invoices:write': ['owner', 'accountant'],
  },
  policies: invoicePolicies,
  errors: invoiceErrors,
  examples: new URL('./examples/', import.meta.url),
  demo: createDemoInvoices,
});
