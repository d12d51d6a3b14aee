import { type Connection, type CustomTypesConfig, DatabaseError, type Submittable } from 'pg';
import { ConnectionLost } from '../errors.ts';
import { type Answer, AnswerReader, type Column } from './answer.ts';
import type { Step } from './step.ts';

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
  /** Reads the last statement's rows. */
  reader: AnswerReader;
  readonly #steps: readonly Step[];
  readonly #answering: Exclude<Step, { kind: 'close' }>[];
  readonly #types: CustomTypesConfig;
  readonly #outcome = Promise.withResolvers<Answer>();
  #completed = 0;
  #last: Answer = { command: '', rowCount: 0, rows: [], more: false };
  #failure: Error | undefined;
  #stopListening = (): void => {};

  constructor(steps: readonly Step[], types: CustomTypesConfig) {
    this.#steps = steps;
    this.#answering = steps.filter((step) => step.kind !== 'close');
    this.#types = types;
    this.reader = this.#nextReader();
  }

  /** The last step's answer; rejected when any step failed. */
  get answer(): Promise<Answer> {
    return this.#outcome.promise;
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

  /** Gives up waiting for the server. Does nothing once there is an answer. */
  fail(reason: Error): void {
    this.#stopListening();
    this.#outcome.reject(reason);
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
    this.#stopListening();
    if (this.#failure) this.#outcome.reject(this.#failure);
    else this.#outcome.resolve(this.#last);
  }
}
