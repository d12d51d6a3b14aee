import { z } from 'zod';

const most = (description: string) => z.number().int().positive().optional().describe(description);

/** What a plan, or a tenant of its own, can be limited to; what is not said is not limited, or as the gateway's settings say. */
const limits = z.object({
  operationsPerMinute: most(
    'Requests that each gateway answers in a minute; one more is refused with RATE_LIMITED.',
  ),
  concurrentOperations: most(
    'Queries and mutations that each gateway works on at the same time; one more is refused with RATE_LIMITED.',
  ),
  subscriptions: most('Subscriptions that are open at each gateway at the same time.'),
});

/** The limits of a tenant: those of its plan, and before them its own. */
export type TenantLimits = Readonly<z.infer<typeof limits>>;

export type LimitName = keyof TenantLimits;

/** Each limit's name, with what it says. */
export const LIMITS: readonly { readonly name: LimitName; readonly description: string }[] = limits
  .keyof()
  .options.map((name) => ({ name, description: limits.shape[name].description ?? '' }));

export function isLimitName(name: string): name is LimitName {
  return name in limits.shape;
}

/** Limits as the catalog has them. What a newer version wrote there and this one doesn't know is left out. */
export function readLimits(json: unknown): TenantLimits {
  const { success, data } = limits.safeParse(json);
  return success ? data : {};
}
