import Stripe from 'stripe';
import type { Call, ChargeOutcome, PaymentProvider } from './provider.ts';

export interface StripeOptions {
  readonly secretKey: string;
  /** Where the API is. */
  readonly url: URL;
}

/** Milliseconds for one answer; a job makes two calls at the most. */
const PATIENCE = 20_000;

/** A charge is a PaymentIntent: it can be confirmed once, whatever happened to the answer. */
export function createStripeProvider({ secretKey, url }: StripeOptions): PaymentProvider {
  const stripe = new Stripe(secretKey, {
    host: url.hostname,
    protocol: url.protocol === 'http:' ? 'http' : 'https',
    port: url.port || (url.protocol === 'http:' ? 80 : 443),
    timeout: PATIENCE,
    // The queue repeats, with longer pauses.
    maxNetworkRetries: 0,
    telemetry: false,
  });

  /** Does something to an intent that is open. @param change what is asked of Stripe, under a key of its own */
  async function settle(
    reference: string,
    { signal }: Call,
    change: () => Promise<Stripe.PaymentIntent>,
  ): Promise<ChargeOutcome> {
    const known = outcomeOf(await stripe.paymentIntents.retrieve(reference));
    if (known) return known;
    // An attempt whose time is over leaves the rest to the next one.
    signal.throwIfAborted();
    try {
      return certain(await change());
    } catch (error) {
      if (error instanceof Stripe.errors.StripeCardError) return failed(error.message);
      if (!isNoLongerOpen(error)) throw error;
      return certain(await stripe.paymentIntents.retrieve(reference));
    }
  }

  return {
    async open({ amount, currency, paymentMethod, description }, { idempotencyKey }) {
      const request = {
        amount,
        currency: currency.toLowerCase(),
        payment_method: paymentMethod,
        description,
        // Nobody is there to be sent to a page.
        automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
      } as const;
      try {
        const { id } = await stripe.paymentIntents.create(request, { idempotencyKey });
        return { status: 'open', reference: id };
      } catch (error) {
        if (isRefusal(error)) return failed(error.message);
        throw error;
      }
    },
    capture: (reference, call) =>
      settle(reference, call, () =>
        stripe.paymentIntents.confirm(
          reference,
          { off_session: true },
          { idempotencyKey: `${call.idempotencyKey}.capture` },
        ),
      ),
    cancel: (reference, call) =>
      settle(reference, call, () =>
        stripe.paymentIntents.cancel(reference, {}, { idempotencyKey: `${call.idempotencyKey}.cancel` }),
      ),
  };
}

const failed = (reason: string) => ({ status: 'failed', reason }) as const;

/** Undefined while the intent is open. @throws Error for a status in which a person has to look */
function outcomeOf({
  id,
  status,
  last_payment_error: error,
}: Stripe.PaymentIntent): ChargeOutcome | undefined {
  switch (status) {
    case 'requires_confirmation':
      return undefined;
    case 'succeeded':
      return { status: 'succeeded' };
    case 'processing':
      return { status: 'processing' };
    case 'requires_payment_method':
      return failed(error?.message ?? 'The provider refused the means of payment.');
    case 'canceled':
      return failed('The charge was given up.');
    default:
      throw new Error(`The PaymentIntent ${id} is ${status}.`);
  }
}

function certain(intent: Stripe.PaymentIntent): ChargeOutcome {
  const outcome = outcomeOf(intent);
  if (!outcome) throw new Error(`The PaymentIntent ${intent.id} is still open.`);
  return outcome;
}

/** What is wrong with the request stays wrong; a wrong key of the API, or the reuse of one of idempotency, is not that. */
function isRefusal(error: unknown): error is Stripe.errors.StripeError {
  const { StripeCardError, StripeInvalidRequestError } = Stripe.errors;
  return error instanceof StripeCardError || error instanceof StripeInvalidRequestError;
}

/** Another attempt was faster, or an earlier one was heard after all. */
function isNoLongerOpen(error: unknown): boolean {
  return error instanceof Stripe.errors.StripeError && error.code === 'payment_intent_unexpected_state';
}
