import { z } from 'zod';
import { auditSettings } from './audit/settings.ts';
import { authenticationSettings } from './authentication/settings.ts';
import { databaseSettings } from './database/settings.ts';
import { eventSettings } from './events/settings.ts';
import { httpSettings } from './http/settings.ts';
import { jobSettings } from './jobs/settings.ts';
import { lifecycleSettings } from './lifecycle/settings.ts';
import { telemetrySettings } from './telemetry/settings.ts';
import { tenancySettings } from './tenancy/settings.ts';

const secretKey = (description: string) =>
  z
    .base64({ error: 'Not base64' })
    .transform((text): Buffer => Buffer.from(text, 'base64'))
    .refine((key) => key.length === 32, 'Not 32 bytes long')
    .optional()
    .describe(description);

/** Settings that belong to no folder. Values never appear in messages: some are secrets. */
const ownSettings = z.object({
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/, error: 'Not a PostgreSQL address' })
    .optional()
    .describe(
      'The server and database: postgresql://user:password@host:5432/name. Only `install` uses its user, who must be an administrator; everything else has logins of its own.',
    ),
  INSULA_MASTER_KEY: secretKey(
    '32 random bytes in base64 (openssl rand -base64 32), from which every other secret is derived.',
  ),
  INSULA_MASTER_KEY_PREVIOUS: secretKey(
    'The master key before this one, while keys of tenants are still wrapped under it: see "insula key rewrap".',
  ),
  INSULA_DIRECTORY: z
    .string()
    .default('.insula')
    .describe('Where development keeps its database and its keys.'),
});

const settings = z.object({
  ...ownSettings.shape,
  ...auditSettings.shape,
  ...authenticationSettings.shape,
  ...databaseSettings.shape,
  ...eventSettings.shape,
  ...httpSettings.shape,
  ...jobSettings.shape,
  ...lifecycleSettings.shape,
  ...telemetrySettings.shape,
  ...tenancySettings.shape,
});

/** What production has no default for: a gateway's, and a worker's. */
export const demandedInProduction = {
  gateway: ['DATABASE_URL', 'INSULA_MASTER_KEY', 'INSULA_ISSUERS'],
  worker: ['DATABASE_URL', 'INSULA_MASTER_KEY', 'INSULA_SMTP_URL'],
} as const;

export type Mode = 'development' | 'production';

/** Every setting, by the name of its environment variable. */
export type Settings = z.output<typeof settings> & { readonly mode: Mode };

/** Settings that a gateway can run with: the address of its database and the key are there, given or made. */
export type Config = Settings & { readonly DATABASE_URL: string; readonly INSULA_MASTER_KEY: Buffer };

/** The keys under which the tenants' own keys may be wrapped. */
export const masterKeysIn = (config: Config) => ({
  current: config.INSULA_MASTER_KEY,
  previous: config.INSULA_MASTER_KEY_PREVIOUS,
});

/** Settings are wrong; one line for each in the message. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Reads the settings out of environment variables; an empty one counts as not given.
 *
 * @param role what production must be given follows from it
 * @throws ConfigError that names each setting that is wrong, unknown or missing, and what it wants.
 */
export function readSettings(
  environment: NodeJS.ProcessEnv,
  mode: Mode,
  role: 'gateway' | 'worker' = 'gateway',
): Settings {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value));
  const faults = unknownNames(given);
  const { data, error } = settings.safeParse(given);
  for (const { path, message } of error?.issues ?? []) {
    const [name, ...inner] = path;
    faults.push(fault(String(name), inner.length > 0 ? `At ${inner.join('.')}: ${message}` : message));
  }
  if (mode === 'production') {
    for (const name of demandedInProduction[role]) {
      if (isMissing(data ? data[name] : given[name])) {
        faults.push(fault(name, 'Missing, and production has no default for it'));
      }
    }
  }
  if (!data || faults.length > 0) throw new ConfigError(faults.join('\n'));
  return { ...data, mode };
}

/** Each setting with what it says of itself and what it is when nothing is given, for the documentation. */
export function listSettings(): { name: string; description: string; default: string | undefined }[] {
  return Object.entries(settings.shape).map(([name, type]) => ({
    name,
    description: type.description ?? '',
    default: defaultOf(type),
  }));
}

function defaultOf(type: z.ZodType): string | undefined {
  const { success, data } = type.safeParse(undefined);
  return success && data !== undefined ? String(data) : undefined;
}

function isMissing(value: unknown): boolean {
  return value === undefined || (Array.isArray(value) && value.length === 0);
}

function unknownNames(given: Record<string, unknown>): string[] {
  return Object.keys(given)
    .filter((name) => name.startsWith('INSULA_') && !(name in settings.shape))
    .map((name) => `${name}: There is no such setting.`);
}

function fault(name: string, message: string): string {
  const shape: Record<string, z.ZodType> = settings.shape;
  return `${name}: ${message}. ${shape[name]?.description ?? ''}`.trimEnd();
}
