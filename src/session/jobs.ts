import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { TenantTransaction } from '../database/transaction.ts';
import { invalidInput } from '../errors/invalid-input.ts';
import type { RequestContext } from './context.ts';

/** A message to one person. */
export interface Letter {
  readonly to: { readonly name: string; readonly address: string };
  readonly subject: string;
  /** Plain text. */
  readonly text: string;
}

/** What a job finds when it talks to the outside: no session, and no transaction that would wait for an answer. */
export interface Outside {
  /** The same in every attempt: what a service outside needs to tell a repetition from a second order. */
  readonly key: string;
  /** Aborted when the job's time is over. */
  readonly signal: AbortSignal;
  /** Sends a letter, in the tenant's name. Its Message-ID is the same in every attempt. */
  mail(letter: Letter): Promise<void>;
}

/** Runs something in a read-only session of the job's tenant. */
export type ReadSession = <Result>(work: (context: RequestContext) => Promise<Result>) => Promise<Result>;

/** What is done in a session of the job's tenant, in one transaction with the note that the job is done. */
export type WorkInside = (context: RequestContext) => Promise<void>;

/** Work that is done after the reply, in a session of the same tenant, or outside of one: mail, calls to services. */
export interface Job<Payload> {
  /** The module's name, a colon, what is done: `invoices:mail`. */
  readonly name: string;
  /** Checks a payload. @throws Problem `BAD_USER_INPUT` */
  readonly check: (payload: unknown) => Payload;
  /** Checks the payload, reads what is to go out, and sends it. @returns the work that stays inside and comes next */
  readonly deliver?: (read: ReadSession, payload: unknown, outside: Outside) => Promise<WorkInside>;
  /** Checks the payload and does the work of a job that sends nothing. */
  readonly run: (context: RequestContext, payload: unknown) => Promise<void>;
}

/** What `defineJob` is told. A job has a `run`, or something to `send`, or both. */
export interface JobOptions<Payload, Parcel, Answer> {
  readonly name: string;
  /** A Standard Schema validator; what it lets through can be written as JSON. */
  readonly payload: StandardSchemaV1<unknown, Payload>;
  /**
   * What the job does in the database, in one transaction with the note that it is done: a job that is begun twice has
   * these effects once. Comes after `send`, and is given what that returned; undefined when nothing was sent.
   */
  readonly run?: (context: RequestContext, payload: Payload, answer: Answer | undefined) => Promise<void>;
  /** What the job does outside; it may happen again when the worker dies before it has noted it. */
  readonly outside?: {
    /** Reads what is to be sent; undefined when there is nothing to send (any more). */
    readonly prepare: (context: RequestContext, payload: Payload) => Promise<Parcel | undefined>;
    /** Sends it, outside of every transaction. @returns what came back, for `run` */
    readonly send: (parcel: Parcel, outside: Outside) => Promise<Answer>;
  };
}

/**
 * Defines a job. `context.enqueue(job, payload)` writes it down in the operation's transaction: a mutation that is
 * rolled back leaves no job.
 *
 * @example
 * export const mailInvoice = defineJob({
 *   name: 'invoices:mail',
 *   payload: z.object({ invoiceId: z.uuid() }),
 *   outside: {
 *     prepare: ({ use }, { invoiceId }) => use(invoiceMail).letter(invoiceId),
 *     send: (letter, { mail }) => mail(letter),
 *   },
 * });
 */
export function defineJob<Payload, Parcel, Answer>(
  options: JobOptions<Payload, Parcel, Answer>,
): Job<Payload> {
  const { name, payload: schema, run, outside } = options;
  const check = (payload: unknown): Payload => {
    const result = schema['~standard'].validate(payload);
    if (result instanceof Promise) throw new Error(`The payload of ${name} is validated asynchronously.`);
    if (!result.issues) return result.value;
    throw invalidInput(result.issues.map(({ message }) => ({ path: [name], message })));
  };
  return {
    name,
    check,
    run: async (context, payload) => run?.(context, check(payload), undefined),
    ...(outside && {
      deliver: async (read, payload, to) => {
        const checked = check(payload);
        const parcel = await read((context) => outside.prepare(context, checked));
        const answer = parcel === undefined ? undefined : await outside.send(parcel, to);
        return async (context) => run?.(context, checked, answer);
      },
    }),
  };
}

/** A job that is written down for every tenant once a day, soon after a time of the day (UTC). */
export interface Schedule {
  /** Its payload says for which day: `2026-03-01`. */
  readonly job: Job<{ readonly on: string }>;
  readonly every: 'day';
  /** `06:00`. A day on which no worker ran at that time is made up for later on the same day. */
  readonly at: `${number}:${number}`;
}

/** Writes a job down inside a transaction; how, is the business of `jobs/`. */
export type EnqueueInto = (transaction: TenantTransaction, job: string, payload: unknown) => Promise<void>;
