import { defineModule, type Module } from '../../module.ts';
import { invoices } from '../invoices/index.ts';
import { chargeService } from './charges.ts';
import { createDemoPayments } from './demo.ts';
import { Payment } from './entities/payment.ts';
import { paymentErrors } from './errors.ts';
import { definePaymentTypes } from './graphql.ts';
import { createChargeJobs } from './jobs.ts';
import type { PaymentProvider } from './provider/provider.ts';
import { paymentService } from './service.ts';

export { paymentProviderOf } from './provider/settings.ts';

export interface PaymentsOptions {
  /** Who collects payments. @default nobody: payments are entered by hand, and to request one is refused */
  readonly provider?: PaymentProvider | undefined;
}

/** What came in for invoices, and what a provider is to collect. */
export function createPaymentsModule({ provider }: PaymentsOptions = {}): Module {
  const jobs = provider && createChargeJobs(provider);
  return defineModule({
    name: 'payments',
    dependsOn: [invoices],
    entities: [Payment],
    migrations: new URL('./migrations/', import.meta.url),
    types: (builder) => definePaymentTypes(builder, jobs),
    services: [paymentService, chargeService],
    jobs: jobs?.all ?? [],
    schedules: jobs?.schedules ?? [],
    permissions: {
      'payments:read': ['owner', 'admin', 'accountant', 'viewer'],
      'payments:write': ['owner', 'accountant'],
    },
    errors: paymentErrors,
    examples: new URL('./examples/', import.meta.url),
    demo: createDemoPayments,
  });
}
