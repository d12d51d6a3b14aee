import type { Module } from '../module.ts';
import { customers } from './customers/index.ts';
import { invoices } from './invoices/index.ts';
import { createPaymentsModule, type PaymentsOptions } from './payments/index.ts';

export { paymentProviderOf } from './payments/index.ts';

/** The reference domain, invoicing, with whatever collects payments. */
export function createModules({ provider }: PaymentsOptions): readonly Module[] {
  return [customers, invoices, createPaymentsModule({ provider })];
}

/** The reference domain where payments are entered by hand. */
export const modules = createModules({});
