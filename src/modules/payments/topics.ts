import { z } from 'zod';
import { defineTopic } from '../../module.ts';

/** A payment was entered or requested, or is in another status. */
export const paymentChanged = defineTopic({
  name: 'payments:changed',
  payload: z.object({ id: z.uuid() }),
});
