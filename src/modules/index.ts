import type { Module } from '../module.ts';
import { customers } from './customers/index.ts';
import { invoices } from './invoices/index.ts';
import { payments } from './payments/index.ts';

/** The reference domain: invoicing. */
export const modules: readonly Module[] = [customers, invoices, payments];
