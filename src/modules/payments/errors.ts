import { defineErrors } from '../../module.ts';

export const paymentErrors = defineErrors({
  OVERPAYMENT: {
    status: 409,
    description: 'More would be paid than the invoice asks for, counting what is being collected.',
  },
  NO_PAYMENT_PROVIDER: {
    status: 409,
    description: 'Nobody collects payments here: they are entered by hand.',
  },
});
