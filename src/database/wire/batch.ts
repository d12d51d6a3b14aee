import { type Connection, type CustomTypesConfig, DatabaseError, type Submittable } from 'pg';
import { ConnectionLost } from '../errors.ts';
import { type Answer, AnswerReader, type Column } from './answer.ts';
import type { Encoded } from './values.ts';

/** One part of a batch. */
export type Step =
  | {
      readonly kind: 'statement';
      readonly text: string;
      readonly values: Encoded[];
      /** Name of its prepared statement; unnamed without. */
      readonly name?: string;
      /** False when the server has the prepared statement already. */
      readonly parse: boolean;
      /** False when nobody reads the rows: then the server is not asked to describe them. */
      readonly keepRows: boolean;
      /** Leave the statement open after `limit` rows, to be continued by `fetch` in the same transaction. */
      readonly portal?: { readonly name: string; readonly limit: number };
    }
  | {
      readonly kind: 'fetch';
      readonly portal: string;
      readonly limit: number;
      readonly after: AnswerReader;
    }
  | { readonly kind: 'close'; readonly what: 'portal' | 'statement'; readonly name: string };

/** `pg`'s methods take a flag that it no longer reads. */
const MORE = true;

/**
 * Several statements of the extended protocol with one Sync, in one write. After the first failure the server skips
 * the rest, so what follows a refused BEGIN never runs outside a transaction.
 *
 * `pg` calls the `handle…` methods. The answer is settled when the server is ready for the next batch or the
 * connection has ended, whichever comes first: an error message alone does not tell whether the connection survives.
 */
export class Batch implements Submittable {
  /** The last step's answer; rejected when any step failed. */
  readonly answer: Promise<Answer>;
  /** Reads the last statement's rows. */
  reader: AnswerReader;
  readonly #steps: readonly Step[];
  readonly #answering: Exclude<Step, { kind: 'close' }>[];
  readonly #types: CustomTypesConfig;
  #completed = 0;
  #last: Answer = { command: '', rowCount: 0, rows: [], more: false };
  #failure: Error | undefined;
  #settled = false;
  #resolve!: (answer: Answer) => void;
  #reject!: (reason: Error) => void;
  #stopListening = (): void => {};

  constructor(steps: readonly Step[], types: CustomTypesConfig) {
    this.#steps = steps;
    this.#answering = steps.filter((step) => step.kind !== 'close');
    this.#types = types;
    this.reader = this.#nextReader();
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  submit(connection: Connection): void {
    const ready = () => this.#settle();
    const ended = () => this.fail(new ConnectionLost('The connection ended.', { cause: this.#failure }));
    connection.once('readyForQuery', ready);
    connection.once('end', ended);
    this.#stopListening = () => {
      connection.off('readyForQuery', ready);
      connection.off('end', ended);
    };
    connection.stream.cork();
    try {
      for (const step of this.#steps) this.#write(connection, step);
      connection.sync();
    } finally {
      connection.stream.uncork();
    }
  }

  #write(connection: Connection, step: Step): void {
    if (step.kind === 'close') {
      connection.close({ type: step.what === 'portal' ? 'P' : 'S', name: step.name }, MORE);
    } else if (step.kind === 'fetch') {
      connection.execute({ portal: step.portal, rows: String(step.limit) }, MORE);
    } else {
      const { text, values, name: statement = '', portal } = step;
      if (step.parse) connection.parse({ text, name: statement, types: [] }, MORE);
      connection.bind({ portal: portal?.name, statement, values }, MORE);
      if (step.keepRows) connection.describe({ type: 'P', name: portal?.name ?? '' }, MORE);
      connection.execute(portal ? { portal: portal.name, rows: String(portal.limit) } : null, MORE);
    }
  }

  handleRowDescription(message: { fields: readonly Column[] }): void {
    this.reader.describe(message.fields);
  }

  handleDataRow(message: { fields: readonly (string | null)[] }): void {
    const step = this.#answering[this.#completed];
    if (step?.kind === 'fetch' || step?.keepRows) this.reader.read(message.fields);
  }

  handleCommandComplete(message: { text: string }): void {
    this.#answered(this.reader.complete(message.text));
  }

  handlePortalSuspended(): void {
    this.#answered(this.reader.suspended());
  }

  handleEmptyQuery(): void {
    this.#answered(this.reader.complete(''));
  }

  handleCopyInResponse(connection: { sendCopyFail(message: string): void }): void {
    connection.sendCopyFail('COPY is not spoken here.');
  }

  handleCopyData(): void {}

  /** An error message of the server, or the end of the connection. */
  handleError(error: Error): void {
    this.#failure ??= error;
    if (!(error instanceof DatabaseError)) {
      this.fail(new ConnectionLost('The connection ended.', { cause: this.#failure }));
    }
  }

  handleReadyForQuery(): void {
    this.#settle();
  }

  /** Gives up waiting for the server. */
  fail(reason: Error): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#stopListening();
    this.#reject(reason);
  }

  #answered(answer: Answer): void {
    this.#last = answer;
    this.#completed++;
    if (this.#completed < this.#answering.length) this.reader = this.#nextReader();
  }

  #nextReader(): AnswerReader {
    const reader = new AnswerReader(this.#types);
    const step = this.#answering[this.#completed];
    if (step?.kind === 'fetch') reader.continueWith(step.after);
    return reader;
  }

  #settle(): void {
    if (this.#failure) this.fail(this.#failure);
    else if (!this.#settled) {
      this.#settled = true;
      this.#stopListening();
      this.#resolve(this.#last);
    }
  }
}
