import { z } from 'zod';

const milliseconds = (value: number, description: string) =>
  z.coerce.number().int().positive().default(value).describe(`${description} In milliseconds.`);
const port = z.coerce.number().int().min(0).max(65_535);

/** Where the gateway listens, and how patient it is. */
export const httpSettings = z.object({
  PORT: port.default(4000).describe('The port of the API; 0 takes any free one.'),
  HOST: z.string().optional().describe('The address to listen on. All addresses when it is not set.'),
  INSULA_METRICS_PORT: port
    .optional()
    .describe(
      'A port of its own for /metrics. When it is not set, development has /metrics beside the API, and production none: it names tenants.',
    ),
  INSULA_CORS_ORIGINS: z
    .string()
    .default('')
    .transform((list) =>
      list
        .split(',')
        .map((origin) => origin.trim())
        .filter((origin) => origin !== ''),
    )
    .describe('Origins whose pages may call the API, separated by commas. None by default.'),
  INSULA_REQUEST_TIMEOUT: milliseconds(30_000, 'How long a client may take to send a request.'),
  INSULA_KEEP_ALIVE_TIMEOUT: milliseconds(65_000, 'How long an idle connection is kept.'),
  INSULA_EVENT_KEEP_ALIVE: milliseconds(12_000, 'How often an idle subscription shows that it is alive.'),
  INSULA_DRAIN_NOTICE: z.coerce
    .number()
    .int()
    .nonnegative()
    .default(250)
    .describe(
      'How long /readyz says no, and replies end their connections, before the server stops listening. In milliseconds.',
    ),
  INSULA_DRAIN_TIMEOUT: milliseconds(
    30_000,
    'How long running requests may take to end when the server stops.',
  ),
});

export type HttpSettings = z.infer<typeof httpSettings>;
