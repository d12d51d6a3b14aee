import { z } from 'zod';
import { ALGORITHMS } from './issuers.ts';

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\]|.+\.localhost)$/;

const jwksUri = z
  .url({ protocol: /^https?$/ })
  .refine(
    (uri) => uri.startsWith('https:') || LOOPBACK.test(new URL(uri).hostname),
    'Must be https: whoever changes the keys on their way can make any token',
  );

const issuer = z.strictObject({
  issuer: z.string().min(1),
  audience: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]),
  jwksUri,
  algorithms: z.array(z.enum(ALGORITHMS)).min(1).optional(),
  tenants: z.array(z.string().min(1)).min(1).optional(),
  tenantClaim: z.string().min(1).optional(),
  clockTolerance: z.number().min(0).max(300).optional(),
});

const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({ code: 'custom', message: 'Not JSON' });
    return z.NEVER;
  }
});

/** Whose tokens are believed. */
export const authenticationSettings = z.object({
  INSULA_ISSUERS: json
    .pipe(z.array(issuer))
    .prefault('[]')
    .describe(
      'Who issues tokens: a JSON array of {"issuer", "audience", "jwksUri", "algorithms"?, "tenants"?, "tenantClaim"?, "clockTolerance"?}. Production needs at least one; without one, development is its own issuer.',
    ),
});
