import type { AsyncLocalStorage } from 'node:async_hooks';
import { performance } from 'node:perf_hooks';
import { ConnectionLost, ForeignSession, TransactionEnded, TransactionFailed } from './errors.ts';
import { isStalePlan } from './failures.ts';
import { assertPlannable } from './guard.ts';
import { Levels } from './levels.ts';
import { openingSteps, type SessionSettings } from './opening.ts';
import type { Pool } from './pool.ts';
import {
  CommitLost,
  type TenantTransaction,
  type TransactionOptions,
  type TransactionState,
} from './transaction.ts';
import type { Answer, AnswerReader } from './wire/answer.ts';
import type { Step } from './wire/batch.ts';
import type { Exchange, PostgresConnection } from './wire/connection.ts';
import { encode } from './wire/values.ts';

/** What every transaction of a database works with. */
export interface TransactionEnvironment {
  readonly pool: Pool;
  readonly session: SessionSettings;
  readonly active: AsyncLocalStorage<PostgresTransaction>;
  readonly onQuery?: ((milliseconds: number) => void) | undefined;
}

/** Milliseconds that an answer may take beyond the statement's own limit before the server is taken for lost. */
const ANSWER_MARGIN = 5_000;

/**
 * A connection that had died while it was idle shows it at once. One that is lost later, in milliseconds, may have been
 * lost because of the statement, which is not tried again.
 */
const AT_ONCE = 100;

/** A statement of the driver's own. */
const own = (text: string): Step => ({ kind: 'statement', text, values: [], parse: true, keepRows: false });

interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
  readonly portal?: { readonly name: string; readonly limit: number };
}

export class PostgresTransaction implements TenantTransaction {
  statements = 0;
  databaseTime = 0;
  state: TransactionState = 'idle';
  readonly options: TransactionOptions;
  /** The transactions that MikroORM and Kysely opened inside. */
  readonly levels = new Levels();
  readonly #environment: TransactionEnvironment;
  #connection: PostgresConnection | undefined;
  /** Steps of the driver's own that travel with the next statement. */
  #ahead: Step[] = [];
  #last: Promise<unknown> = Promise.resolve();
  #ending = false;
  #committing = false;
  /** Why the transaction is broken. */
  #failure: unknown;
  #discarded: Promise<void> | undefined;
  #portals = 0;

  constructor(options: TransactionOptions, environment: TransactionEnvironment) {
    this.options = options;
    this.#environment = environment;
    if (options.signal?.aborted) this.#abort();
    else options.signal?.addEventListener('abort', this.#abort, { once: true });
  }

  get tenant(): string {
    return this.options.tenant;
  }

  /** How long an answer is waited for, in milliseconds. */
  get #patience(): number {
    return this.options.statementTimeout + ANSWER_MARGIN;
  }

  /** A statement failed: only a rollback, of all or to a savepoint, is possible. */
  get failed(): boolean {
    return this.#connection?.failed ?? false;
  }

  run<T>(work: () => Promise<T>): Promise<T> {
    return this.#environment.active.run(this, work);
  }

  async execute(text: string, values: readonly unknown[] = []) {
    const active = this.#environment.active.getStore();
    if (active && active !== this) throw new ForeignSession();
    const { rows, rowCount } = await this.query(text, values);
    return { rows, rowCount };
  }

  /** One statement of the caller's. */
  async query(text: string, values: readonly unknown[]): Promise<Answer> {
    assertPlannable(text);
    return (await this.#inTurn(() => this.#send({ text, values }))).answer;
  }

  /** A statement's rows, up to `limit` at a time. Other statements may run between two portions. */
  async *stream(text: string, values: readonly unknown[], limit: number): AsyncGenerator<Answer> {
    assertPlannable(text);
    const portal = { name: `p${this.#portals++}`, limit };
    let { answer, reader } = await this.#inTurn(() => this.#send({ text, values, portal }));
    try {
      yield answer;
      while (answer.more) {
        const after = reader;
        ({ answer, reader } = await this.#inTurn(() => this.#fetch(portal.name, limit, after)));
        yield answer;
      }
    } finally {
      if (this.state === 'open') this.#ahead.push({ kind: 'close', what: 'portal', name: portal.name });
    }
  }

  /** A statement of the driver's own that travels with the next one; nothing is sent now. */
  sendAhead(text: string): Promise<void> {
    return this.#inTurn(async () => {
      this.assertUsable();
      this.#ahead.push(own(text));
    });
  }

  /** A statement of the driver's own, sent at once. */
  async control(text: string): Promise<void> {
    await this.#inTurn(async () => {
      this.assertUsable();
      await this.#exchange(() => [own(text)]);
    });
  }

  commit(): Promise<void> {
    return this.#inTurn(async () => {
      this.assertUsable();
      const connection = this.#connection;
      const obstacle = this.#obstacle();
      if (obstacle) {
        await this.#rollBack(connection);
        throw obstacle;
      }
      if (!connection) this.#end('committed');
      else if (this.#readsOnly) this.#finish(connection, 'committed');
      else await this.#commit(connection);
    });
  }

  rollback(): Promise<void> {
    this.#ending = true;
    return this.#inTurn(async () => {
      if (this.state === 'idle' || this.state === 'open') await this.#rollBack(this.#connection);
      await this.#discarded;
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.rollback();
  }

  /** Statements of one transaction run one after the other, however many are asked for at the same time. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /** @throws TransactionEnded | why it is broken */
  assertUsable(): void {
    if (this.state === 'broken') throw this.#failure;
    if (this.state !== 'idle' && this.state !== 'open') {
      throw new TransactionEnded(`The transaction has ended: it was ${this.state}.`);
    }
    if (this.#ending) throw new TransactionEnded('The transaction is being rolled back.');
  }

  async #send({ text, values, portal }: Statement): Promise<Exchange> {
    this.assertUsable();
    const encoded = encode(values);
    this.statements++;
    const started = performance.now();
    try {
      return await this.#exchange(({ prepared }) => {
        // A text without parameters is likely to be one of a kind.
        const key = values.length > 0 ? `${this.options.schemaVersion ?? 0} ${text}` : undefined;
        const name = key === undefined ? { parse: true } : prepared.prepare(key);
        return [
          { kind: 'statement', text, values: encoded, keepRows: true, ...name, ...(portal && { portal }) },
        ];
      });
    } finally {
      this.#environment.onQuery?.(performance.now() - started);
    }
  }

  #fetch(portal: string, limit: number, after: AnswerReader): Promise<Exchange> {
    this.assertUsable();
    return this.#exchange(() => [{ kind: 'fetch', portal, limit, after }]);
  }

  /** Sends steps, and in the same write what must come before them. */
  async #exchange(stepsFor: (connection: PostgresConnection) => Step[]): Promise<Exchange> {
    const opening = this.#connection === undefined;
    const connection = this.#connection ?? (await this.#connect());
    const reused = connection.used;
    const { session } = this.#environment;
    const first = opening ? openingSteps(this.options, session, connection.prepared) : [];
    const started = performance.now();
    try {
      const exchange = await this.#timed(connection, [...first, ...this.#ahead, ...stepsFor(connection)]);
      if (this.#isBroken()) throw this.#failure;
      if (!connection.inTransaction) throw new TransactionFailed('The statement ended the transaction.');
      this.#ahead = [];
      return exchange;
    } catch (error) {
      if (this.#isBroken()) throw this.#failure;
      if (opening && reused && error instanceof ConnectionLost && performance.now() - started < AT_ONCE) {
        // The server had dropped the connection while it was idle: nothing of this transaction exists.
        this.#connection = undefined;
        this.state = 'idle';
        await this.#environment.pool.discard(connection);
        return await this.#exchange(stepsFor);
      }
      this.#ahead = [];
      if (error instanceof ConnectionLost || !connection.inTransaction) this.#break(error);
      if (isStalePlan(error)) this.#forgetPlans(connection);
      throw error;
    }
  }

  /** Why the transaction can't be committed. */
  #obstacle(): TransactionFailed | undefined {
    if (this.failed) return new TransactionFailed('A statement had failed: everything was rolled back.');
    if (this.levels.open)
      return new TransactionFailed('A transaction inside was still open: everything was rolled back.');
    return undefined;
  }

  async #connect(): Promise<PostgresConnection> {
    const { pool } = this.#environment;
    const connection = await pool.acquire(this.tenant, this.options.signal);
    if (this.#isBroken()) {
      pool.release(connection);
      throw this.#failure;
    }
    this.#connection = connection;
    this.state = 'open';
    return connection;
  }

  async #timed(connection: PostgresConnection, steps: Step[]): Promise<Exchange> {
    const started = performance.now();
    try {
      return await connection.run(steps, this.#patience);
    } finally {
      this.databaseTime += performance.now() - started;
    }
  }

  async #commit(connection: PostgresConnection): Promise<void> {
    this.#committing = true;
    try {
      const { answer } = await this.#timed(connection, [own('commit')]);
      // The server's answer, without an error, to COMMIT in a transaction that had failed.
      if (answer.command !== 'COMMIT') throw new TransactionFailed('The server rolled the transaction back.');
    } catch (error) {
      if (error instanceof ConnectionLost) {
        const lost = new CommitLost('COMMIT was sent and its answer did not come.', { cause: error });
        this.#break(lost);
        throw lost;
      }
      this.#end('rolled back');
      this.#environment.pool.release(connection);
      throw error;
    }
    this.#end('committed');
    this.#environment.pool.release(connection);
  }

  async #rollBack(connection: PostgresConnection | undefined): Promise<void> {
    if (!connection) return this.#end('rolled back');
    if (this.#readsOnly) return this.#finish(connection, 'rolled back');
    // A connection that is lost here is not clean, and the server rolls back what it had begun.
    await this.#timed(connection, [own('rollback')]).catch(() => undefined);
    if (this.#isBroken()) return;
    this.#end('rolled back');
    this.#environment.pool.release(connection);
  }

  /** Ends a read: nothing of it can be lost, so nobody waits for the server. */
  #finish(connection: PostgresConnection, state: 'committed' | 'rolled back'): void {
    const command = state === 'committed' ? 'commit' : 'rollback';
    this.#environment.pool.releaseAfter(connection, connection.run([own(command)], this.#patience));
    this.#end(state);
  }

  /** Whether its end can't fail: a serializable transaction may find at COMMIT that it has read nonsense. */
  get #readsOnly(): boolean {
    return this.options.access === 'read only' && this.options.isolation !== 'serializable';
  }

  readonly #abort = (): void => {
    if (!this.#committing) this.#break(this.options.signal?.reason);
  };

  #break(failure: unknown): void {
    const connection = this.#connection;
    this.#failure = failure;
    this.#end('broken');
    if (connection) this.#discarded = this.#environment.pool.discard(connection);
  }

  #end(state: 'committed' | 'rolled back' | 'broken'): void {
    this.state = state;
    this.#connection = undefined;
    this.#ahead = [];
    this.options.signal?.removeEventListener('abort', this.#abort);
  }

  #isBroken(): boolean {
    return this.state === 'broken';
  }

  #forgetPlans(connection: PostgresConnection): void {
    connection.prepared.forgetAll();
    this.#environment.pool.forgetPlans();
  }
}
