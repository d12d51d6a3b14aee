import { z } from 'zod';

/** What is written and measured. */
export const telemetrySettings = z.object({
  INSULA_LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .default('info')
    .describe('The least important log lines that are written; each request is one line of level info.'),
  INSULA_METRICS_TENANTS: z.coerce
    .number()
    .int()
    .nonnegative()
    .default(100)
    .describe('How many tenants have a label of their own in the metrics; all later ones share "other".'),
});
