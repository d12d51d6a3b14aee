import { z } from 'zod';
import type { PaymentProvider } from './provider.ts';

/** The module's own settings, under the names that Stripe's users know. */
const settings = z.object({
  /** Without it no payment can be requested. */
  STRIPE_SECRET_KEY: z
    .string()
    .regex(/^(sk|rk)_\S+$/, 'begins with sk_ or rk_')
    .optional(),
  STRIPE_API_URL: z
    .url({ protocol: /^https?$/, error: 'is an http or https address' })
    .default('https://api.stripe.com'),
});

/**
 * The provider that environment variables name; undefined when they name none. An empty one counts as not given.
 *
 * @throws Error of a line for each setting that is wrong, without its value
 */
export async function paymentProviderOf(
  environment: NodeJS.ProcessEnv,
): Promise<PaymentProvider | undefined> {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value));
  const { data, error } = settings.safeParse(given);
  if (!data) {
    const faults = error.issues.map(({ path, message }) => `${path.join('.')}: Wrong; it ${message}.`);
    throw new Error(faults.join('\n'));
  }
  if (data.STRIPE_SECRET_KEY === undefined) return undefined;
  // Whoever doesn't use it doesn't load it.
  const { createStripeProvider } = await import('./stripe.ts');
  return createStripeProvider({ secretKey: data.STRIPE_SECRET_KEY, url: new URL(data.STRIPE_API_URL) });
}
