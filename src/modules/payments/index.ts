import { defineModule } from '../../module.ts';
import { invoices } from '../invoices/index.ts';
import { createDemoPayments } from './demo.ts';
import { Payment } from './entities/payment.ts';
import { definePaymentTypes } from './graphql.ts';
import { paymentErrors, paymentService } from './service.ts';

export const payments = defineModule({
  name: 'payments',
  dependsOn: [invoices],
  entities: [Payment],
  migrations: new URL('./migrations/', import.meta.url),
  types: definePaymentTypes,
  services: [paymentService],
  permissions: {
    'payments:read': ['owner', 'admin', 'accountant', 'viewer'],
    'payments:write': ['owner', 'accountant'],
  },
  errors: paymentErrors,
  demo: createDemoPayments,
});
