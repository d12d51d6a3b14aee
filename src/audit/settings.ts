import { z } from 'zod';
import { derivedSealingKey } from '../database/keys.ts';

export const auditSettings = z.object({
  INSULA_SEALING_KEY: z
    .base64({ error: 'Not base64' })
    .transform((text): Buffer => Buffer.from(text, 'base64'))
    .refine((key) => key.length === 32, 'Not 32 bytes long')
    .optional()
    .describe(
      '32 random bytes in base64 that sign the seals of the audit trail. Without it they are derived from the master key; with it, seals stay valid when the master key is changed.',
    ),
  INSULA_SEAL_ANCHORS: z
    .string()
    .optional()
    .describe(
      'A file outside the database to which each seal of the audit trail is added, a line of JSON for each; with it, `audit verify` finds a trail whose end was cut off.',
    ),
  INSULA_SEAL_INTERVAL: z.coerce
    .number()
    .int()
    .positive()
    .default(60_000)
    .describe('How often a worker seals the audit trails, in milliseconds.'),
  INSULA_FAILURES_PER_MINUTE: z.coerce
    .number()
    .int()
    .nonnegative()
    .default(60)
    .describe(
      'How many denials and failed mutations of one tenant each gateway writes into the audit trail in a minute; further ones are in the request log alone.',
    ),
});

/** The key that signs seals: the configured one, else the one that follows from the master key. */
export function sealingKey(settings: {
  readonly INSULA_SEALING_KEY?: Buffer | undefined;
  readonly INSULA_MASTER_KEY: Buffer;
}): Buffer {
  return settings.INSULA_SEALING_KEY ?? derivedSealingKey(settings.INSULA_MASTER_KEY);
}
