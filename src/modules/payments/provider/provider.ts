/** What is to be charged, and to what. */
export interface ChargeRequest {
  /** Minor units of the currency. */
  readonly amount: number;
  /** ISO 4217 */
  readonly currency: string;
  /** How the provider calls the card or the account that pays, such as `pm_…`. */
  readonly paymentMethod: string;
  /** For people who look at it in the provider's books. */
  readonly description: string;
}

/** No money will move. */
export interface FailedCharge {
  readonly status: 'failed';
  /** As the customer may read it. */
  readonly reason: string;
}

/** A charge that the provider knows under a name, and for which no money has moved. */
export interface OpenCharge {
  readonly status: 'open';
  readonly reference: string;
}

/** How a charge ended; one that is `processing` ends later, such as a bank's debit. */
export type ChargeOutcome = { readonly status: 'succeeded' | 'processing' } | FailedCharge;

/** What a call to a provider is given. */
export interface Call {
  /** The same whenever the same thing is asked for: the provider does it once. */
  readonly idempotencyKey: string;
  /** Aborted when nobody waits for the answer any more; then nothing further is begun. */
  readonly signal: AbortSignal;
}

/**
 * Who takes money for the tenants. Called by jobs, between transactions and never in one, and perhaps several times for
 * the same charge. What a method throws is tried again; what it returns is final, apart from `processing`.
 *
 * To open a charge and to take its money are two calls: between them its reference is written down, so that however late
 * and often something is repeated, a payment has one charge, and a provider takes the money of a charge once.
 */
export interface PaymentProvider {
  /** Opens a charge. No money moves. */
  open(request: ChargeRequest, call: Call): Promise<OpenCharge | FailedCharge>;
  /** Takes the money of an open charge; for one that is no longer open, tells how it ended. */
  capture(reference: string, call: Call): Promise<ChargeOutcome>;
  /** Gives an open charge up; for one that is no longer open, tells how it ended. */
  cancel(reference: string, call: Call): Promise<ChargeOutcome>;
}
