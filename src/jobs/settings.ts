import { z } from 'zod';

const positive = (value: number, description: string) =>
  z.coerce.number().int().positive().default(value).describe(description);

/** How a worker runs jobs, and how mail leaves the house. */
export const jobSettings = z.object({
  INSULA_JOB_CONCURRENCY: positive(8, 'How many jobs a worker runs at a time.'),
  INSULA_JOB_POLL: positive(500, 'Milliseconds between two looks for jobs when there are none.'),
  INSULA_JOB_LEASE: positive(
    15_000,
    'Milliseconds after which the jobs of a worker that died are taken by another one.',
  ),
  INSULA_JOB_TIMEOUT: positive(60_000, 'How long one attempt at a job may take, in milliseconds.'),
  INSULA_JOB_ATTEMPTS: positive(
    12,
    'How often a job is tried before it is a dead letter; the pauses grow from a second to an hour.',
  ),
  INSULA_WORKER_PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .optional()
    .describe('A port for the worker’s /metrics, /livez and /readyz. None when it is not set.'),
  INSULA_SMTP_URL: z
    .url({ protocol: /^smtps?$/, error: 'Not an SMTP address' })
    .optional()
    .describe(
      'Where mail is handed in: smtps://user:password@mail.example:465. When it is not set, development catches all mail and shows it at /mail.',
    ),
  INSULA_MAIL_FROM: z
    .email()
    .default('no-reply@insula.example')
    .describe('The address that mail comes from; its name is the tenant’s.'),
});
