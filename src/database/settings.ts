import { z } from 'zod';

const positive = (value: number, description: string) =>
  z.coerce.number().int().positive().default(value).describe(description);

/** How much of the database a gateway takes, and for how long. */
export const databaseSettings = z.object({
  INSULA_MAX_CONNECTIONS: positive(20, 'The most connections that tenants’ operations use at a time.'),
  INSULA_CONNECTION_TIMEOUT: positive(
    3_000,
    'How long an operation waits for a connection before it is refused with DATABASE_BUSY, in milliseconds.',
  ),
  INSULA_STATEMENT_TIMEOUT: positive(10_000, 'How long one statement may take, in milliseconds.'),
});
