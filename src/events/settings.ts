import { z } from 'zod';

export const eventSettings = z.object({
  INSULA_EVENT_INTERVAL: z.coerce
    .number()
    .int()
    .positive()
    .default(150)
    .describe('How often the database is asked for events while there are subscribers, in milliseconds.'),
  INSULA_EVENT_QUEUE: z.coerce
    .number()
    .int()
    .positive()
    .default(100)
    .describe('How many events wait for a subscriber who reads slowly; with one more the subscription ends.'),
});
