import { z } from 'zod';
import { loginUrl, openerKey } from './keys.ts';
import type { TenantDatabaseOptions } from './tenant-database.ts';

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
  INSULA_BACKEND_MEMORY: z.coerce
    .number()
    .int()
    .nonnegative()
    .default(1024)
    .describe(
      'What PostgreSQL’s processes behind all of these connections should keep together, in MiB: one that has more than its share is replaced when there is time for it, at twice its share at once. 0 for no limit.',
    ),
  INSULA_POOLER_URL: z
    .url({ protocol: /^postgres(ql)?$/, error: 'Not a PostgreSQL address' })
    .optional()
    .describe(
      'A PgBouncer in transaction mode before the database, as postgresql://host:port/name: tenants’ operations go through it, and use no named statements; everything else goes to DATABASE_URL.',
    ),
});

type DatabaseSettings = z.output<typeof databaseSettings> & {
  readonly DATABASE_URL: string;
  readonly INSULA_MASTER_KEY: Buffer;
};

/** How a process with these settings reaches the tenants' data. */
export function tenantDatabaseOptions(
  settings: DatabaseSettings,
  maxConnections: number,
): Omit<TenantDatabaseOptions, 'logger'> {
  const { DATABASE_URL, INSULA_MASTER_KEY, INSULA_POOLER_URL } = settings;
  const common = {
    url: loginUrl(INSULA_POOLER_URL ?? DATABASE_URL, INSULA_MASTER_KEY, 'gateway'),
    openerKey: openerKey(INSULA_MASTER_KEY),
    maxConnections,
    connectionTimeout: settings.INSULA_CONNECTION_TIMEOUT,
  };
  // Behind a pooler a connection has no backend of its own, and names that one backend knows another does not.
  if (INSULA_POOLER_URL) return { ...common, statementMemory: 0, backendMemory: 0 };
  return {
    ...common,
    backendMemory: Math.ceil((settings.INSULA_BACKEND_MEMORY * 2 ** 20) / maxConnections),
  };
}
