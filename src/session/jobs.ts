import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { TenantTransaction } from '../database/transaction.ts';
import { invalidInput } from '../errors/invalid-input.ts';
import type { RequestContext } from './context.ts';

/** Work that is done after the reply, in a session of the same tenant: mail, calls to other services. */
export interface Job<Payload> {
  /** The module's name, a colon, what is done: `invoices:mail`. */
  readonly name: string;
  /** Checks a payload. @throws Problem `BAD_USER_INPUT` */
  readonly check: (payload: unknown) => Payload;
  /** Checks the payload and does the work. */
  readonly run: (context: RequestContext, payload: unknown) => Promise<void>;
}

/** What `defineJob` is told. */
export interface JobOptions<Payload> {
  readonly name: string;
  /** A Standard Schema validator; what it lets through can be written as JSON. */
  readonly payload: StandardSchemaV1<unknown, Payload>;
  readonly run: (context: RequestContext, payload: Payload) => Promise<void>;
}

/**
 * Defines a job. `context.enqueue(job, payload)` writes it down in the operation's transaction: a mutation that is
 * rolled back leaves no job.
 *
 * @example
 * export const mailInvoice = defineJob({
 *   name: 'invoices:mail',
 *   payload: z.object({ invoiceId: z.uuid() }),
 *   run: ({ use }, { invoiceId }) => use(invoiceMail).send(invoiceId),
 * });
 */
export function defineJob<Payload>({ name, payload: schema, run }: JobOptions<Payload>): Job<Payload> {
  const check = (payload: unknown): Payload => {
    const result = schema['~standard'].validate(payload);
    if (result instanceof Promise) throw new Error(`The payload of ${name} is validated asynchronously.`);
    if (!result.issues) return result.value;
    throw invalidInput(result.issues.map(({ message }) => ({ path: [name], message })));
  };
  return { name, check, run: async (context, payload) => run(context, check(payload)) };
}

/** Writes a job down inside a transaction; how, is the business of `jobs/`. */
export type EnqueueInto = (transaction: TenantTransaction, job: string, payload: unknown) => Promise<void>;
