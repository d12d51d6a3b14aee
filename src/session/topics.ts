import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { TenantTransaction } from '../database/transaction.ts';
import type { Problem } from '../errors/define.ts';
import { invalidInput } from '../errors/invalid-input.ts';
import type { OperationFacts } from './runner.ts';

/** Something that happens in a tenant, and that its subscribers are told of. */
export interface Topic<Payload> {
  /** The module's name, a colon, what happened: `invoices:changed`. */
  readonly name: string;
  /** Checks a payload. @throws Problem `BAD_USER_INPUT` */
  readonly check: (payload: unknown) => Payload;
}

/** What `defineTopic` is told. */
export interface TopicOptions<Payload> {
  readonly name: string;
  /** A Standard Schema validator; what it lets through can be written as JSON. */
  readonly payload: StandardSchemaV1<unknown, Payload>;
}

/**
 * Defines a topic. `context.publish(topic, payload)` writes an event down in the operation's transaction: a mutation that
 * is rolled back tells nobody. `context.events(topic)` is what a subscription's field reads.
 *
 * A payload says which rows changed, and nothing that is in them: each subscriber reads those in a session of their own,
 * under their own policies.
 *
 * @example
 * export const invoiceChanged = defineTopic({ name: 'invoices:changed', payload: z.object({ id: z.uuid() }) });
 * // in a service: await publish(invoiceChanged, { id: invoice.id });
 * // in the schema: subscribe: (_root, _args, { events }) => events(invoiceChanged)
 */
export function defineTopic<Payload>({ name, payload: schema }: TopicOptions<Payload>): Topic<Payload> {
  const check = (payload: unknown): Payload => {
    const result = schema['~standard'].validate(payload);
    if (result instanceof Promise) throw new Error(`The payload of ${name} is validated asynchronously.`);
    if (!result.issues) return result.value;
    throw invalidInput(result.issues.map(({ message }) => ({ path: [name], message })));
  };
  return { name, check };
}

/** Writes an event down inside a transaction; how, is the business of `events/`. */
export type PublishInto = (transaction: TenantTransaction, topic: string, payload: unknown) => Promise<void>;

/** A subscription that is being opened, and outlives the session in which that happens. */
export interface OpeningSubscription {
  /** Aborted when the subscription is over. */
  readonly signal: AbortSignal;
  /** Ends it: with the problem that its client is told, or, without one, as complete. */
  readonly end: (problem?: Problem) => void;
}

/** Who waits for the events of a topic. */
export interface Subscriber extends OpeningSubscription {
  /** The tenant's id. */
  readonly tenant: string;
  readonly topic: string;
}

/** Where the events of all tenants come from. */
export interface EventSource {
  /**
   * Every event that is committed after this resolved, once, until the signal aborts.
   *
   * @throws Problem `SHUTTING_DOWN`, `DATABASE_UNAVAILABLE`
   */
  subscribe(subscriber: Subscriber): Promise<AsyncIterableIterator<unknown>>;
}

/** The events of a topic for the subscription that is being opened. */
export async function eventsOf<Payload>(
  source: EventSource | undefined,
  topic: Topic<Payload>,
  { tenant, subscription }: OperationFacts,
): Promise<AsyncIterableIterator<Payload>> {
  if (!source || !subscription)
    throw new Error(`Only the "subscribe" of a field can wait for "${topic.name}".`);
  return checked(await source.subscribe({ ...subscription, tenant: tenant.id, topic: topic.name }), topic);
}

/** An older gateway may publish what a newer one reads: what does not fit ends the subscription, visibly. */
async function* checked<Payload>(
  events: AsyncIterable<unknown>,
  topic: Topic<Payload>,
): AsyncGenerator<Payload, undefined> {
  for await (const payload of events) yield topic.check(payload);
  return undefined;
}
