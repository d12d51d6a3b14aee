import { z } from 'zod';
import { defineTopic } from '../../module.ts';

/** An invoice was created, or is in another status. */
export const invoiceChanged = defineTopic({
  name: 'invoices:changed',
  payload: z.object({ id: z.uuid() }),
});
