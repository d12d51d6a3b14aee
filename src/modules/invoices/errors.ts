import { defineErrors } from '../../module.ts';

export const invoiceErrors = defineErrors({
  INVOICE_EMPTY: { status: 409, description: 'An invoice without lines can not be issued.' },
  INVOICE_NOT_DRAFT: { status: 409, description: 'Only a draft can be changed, issued or deleted.' },
  INVOICE_NOT_ISSUED: { status: 409, description: 'Only an issued invoice can be paid or voided.' },
});
