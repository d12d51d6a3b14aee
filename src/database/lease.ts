import { ConnectionLost, TransactionEnded, TransactionFailed } from './errors.ts';
import { isStalePlan } from './failures.ts';
import { openingSteps, ownStatement, type SessionSettings } from './opening.ts';
import type { Pool } from './pool.ts';
import { CommitLost, type TransactionOptions, type TransactionState } from './transaction.ts';
import type { Exchange, PostgresConnection } from './wire/connection.ts';
import type { PreparedStatements } from './wire/prepared-statements.ts';
import type { Step } from './wire/step.ts';

/** Milliseconds that an answer may take beyond the statement's own limit before the server is taken for lost. */
const ANSWER_MARGIN = 5_000;

/**
 * Milliseconds. A connection that had died while it was idle shows it at once. One that is lost later may have been
 * lost because of the statement, which is not tried again.
 */
const AT_ONCE = 100;

export interface LeaseEnvironment {
  readonly pool: Pool;
  readonly session: SessionSettings;
}

/**
 * A transaction's hold on a connection: taken from the pool with the first statement, opened for the tenant in the same
 * write, and given back clean. It breaks when the connection is lost or the signal aborts: then the connection is
 * left to the pool, to be cleaned or closed, and whatever waits for an answer gets the reason. Its caller sees to it that calls come one after the other.
 */
export class Lease {
  /** Milliseconds spent waiting for answers of the database. */
  databaseTime = 0;
  state: TransactionState = 'idle';
  readonly #options: TransactionOptions;
  readonly #environment: LeaseEnvironment;
  #connection: PostgresConnection | undefined;
  /** Steps that travel with the next exchange, or with COMMIT. */
  #ahead: ((prepared: PreparedStatements) => Step)[] = [];
  #committing = false;
  /** Why it is broken. */
  #failure: unknown;
  #settled: Promise<void> | undefined;

  constructor(options: TransactionOptions, environment: LeaseEnvironment) {
    this.#options = options;
    this.#environment = environment;
    if (options.signal?.aborted) this.#abort();
    else options.signal?.addEventListener('abort', this.#abort, { once: true });
  }

  /** A statement failed: only a rollback, of all or to a savepoint, is possible. */
  get failed(): boolean {
    return this.#connection?.failed ?? false;
  }

  /** Resolves when nothing runs any more of what was broken off. */
  get settled(): Promise<void> | undefined {
    return this.#settled;
  }

  /** @throws TransactionEnded | why it is broken */
  assertHeld(): void {
    if (this.state === 'broken') throw this.#failure;
    if (this.state !== 'idle' && this.state !== 'open') {
      throw new TransactionEnded(`The transaction has ended: it was ${this.state}.`);
    }
  }

  /**
   * Has a step travel with the next exchange, or with COMMIT; nothing is sent now. Its failure is the failure of what it
   * travels with.
   */
  sendAhead(step: (prepared: PreparedStatements) => Step): void {
    this.#ahead.push(step);
  }

  /**
   * Sends steps, and in the same write what must come before them.
   *
   * @param stepsFor called again when the steps go to another connection
   * @throws ConnectionLost | TransactionFailed | why it is broken | pg.DatabaseError
   */
  async exchange(stepsFor: (prepared: PreparedStatements) => Step[]): Promise<Exchange> {
    const opening = this.#connection === undefined;
    const connection = this.#connection ?? (await this.#connect());
    // Broken off since it was taken, it may serve somebody else already.
    if (this.#isBroken()) throw this.#failure;
    const { used, prepared } = connection;
    const first = opening ? openingSteps(this.#options, this.#environment.session, prepared) : [];
    const started = performance.now();
    try {
      const exchange = await this.#timed(connection, [
        ...first,
        ...this.#takenAlong(prepared),
        ...stepsFor(prepared),
      ]);
      if (this.#isBroken()) throw this.#failure;
      if (this.#options.single) this.#release(connection);
      else if (!connection.inTransaction) throw new TransactionFailed('The statement ended the transaction.');
      this.#ahead = [];
      return exchange;
    } catch (error) {
      if (this.#isBroken()) throw this.#failure;
      if (opening && used && error instanceof ConnectionLost && performance.now() - started < AT_ONCE) {
        // The server had dropped the connection while it was idle: nothing of this transaction exists.
        this.#connection = undefined;
        this.state = 'idle';
        await this.#environment.pool.discard(connection);
        return await this.exchange(stepsFor);
      }
      this.#ahead = [];
      if (this.#options.single && !(error instanceof ConnectionLost)) this.#release(connection);
      else if (error instanceof ConnectionLost || !connection.inTransaction) this.#discard(error);
      if (isStalePlan(error)) this.#forgetPlans(connection);
      throw error;
    }
  }

  /**
   * Commits and gives the connection back; sends nothing when none was taken.
   *
   * @throws CommitLost | TransactionFailed | pg.DatabaseError
   */
  async commit(): Promise<void> {
    const connection = this.#connection;
    if (!connection) this.#end('committed');
    else if (this.#readsOnly) this.#finish(connection, 'committed');
    else await this.#commit(connection);
  }

  /** Rolls back and gives the connection back; does nothing after the end. */
  async rollBack(): Promise<void> {
    if (this.state !== 'idle' && this.state !== 'open') return;
    const connection = this.#connection;
    if (!connection) this.#end('rolled back');
    else if (this.#readsOnly) this.#finish(connection, 'rolled back');
    else {
      // A connection that is lost here is not clean, and the server rolls back what it had begun.
      await this.#timed(connection, [ownStatement(connection.prepared, 'rollback')]).catch(() => undefined);
      if (!this.#isBroken()) this.#giveBack(connection, 'rolled back');
    }
  }

  async #connect(): Promise<PostgresConnection> {
    const { pool } = this.#environment;
    const connection = await pool.acquire(this.#options.tenant, this.#options.signal);
    if (this.#isBroken()) {
      pool.release(connection);
      throw this.#failure;
    }
    this.#connection = connection;
    this.state = 'open';
    return connection;
  }

  #takenAlong(prepared: PreparedStatements): Step[] {
    return this.#ahead.map((step) => step(prepared));
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
      const steps = [...this.#takenAlong(connection.prepared), ownStatement(connection.prepared, 'commit')];
      const { answer } = await this.#timed(connection, steps);
      // The server's answer, without an error, to COMMIT in a transaction that had failed.
      if (answer.command !== 'COMMIT') throw new TransactionFailed('The server rolled the transaction back.');
    } catch (error) {
      if (error instanceof ConnectionLost) {
        const lost = new CommitLost('COMMIT was sent and its answer did not come.', { cause: error });
        this.#discard(lost);
        throw lost;
      }
      // Something that travelled along failed, so COMMIT was not run.
      if (connection.inTransaction)
        await this.#timed(connection, [ownStatement(connection.prepared, 'rollback')]).catch(() => undefined);
      this.#giveBack(connection, 'rolled back');
      throw error;
    }
    this.#giveBack(connection, 'committed');
  }

  /** Ends a read: nothing of it can be lost, so nobody waits for the server. */
  #finish(connection: PostgresConnection, state: 'committed' | 'rolled back'): void {
    const ending = ownStatement(connection.prepared, state === 'committed' ? 'commit' : 'rollback');
    this.#environment.pool.releaseAfter(connection, connection.run([ending], this.#patience));
    this.#end(state);
  }

  #giveBack(connection: PostgresConnection, state: 'committed' | 'rolled back'): void {
    this.#end(state);
    this.#environment.pool.release(connection);
  }

  /** The server has ended the transaction behind its one statement. */
  #release(connection: PostgresConnection): void {
    this.#connection = undefined;
    this.state = 'idle';
    this.#environment.pool.release(connection);
  }

  /** Whether its end can't fail: a serializable transaction may find at COMMIT that it has read nonsense. */
  get #readsOnly(): boolean {
    return this.#options.access === 'read only' && this.#options.isolation !== 'serializable';
  }

  /** How long an answer is waited for, in milliseconds. */
  get #patience(): number {
    return this.#options.statementTimeout + ANSWER_MARGIN;
  }

  readonly #abort = (): void => {
    if (this.#committing) return;
    const connection = this.#break(this.#options.signal?.reason);
    if (connection) this.#settled = this.#environment.pool.abandon(connection, this.#options.tenant);
  };

  #discard(failure: unknown): void {
    const connection = this.#break(failure);
    if (connection) this.#settled = this.#environment.pool.discard(connection);
  }

  /** From now on nothing is sent for it. Returns the connection that it held. */
  #break(failure: unknown): PostgresConnection | undefined {
    const connection = this.#connection;
    this.#failure = failure;
    this.#end('broken');
    return connection;
  }

  #end(state: 'committed' | 'rolled back' | 'broken'): void {
    this.state = state;
    this.#connection = undefined;
    this.#ahead = [];
    this.#options.signal?.removeEventListener('abort', this.#abort);
  }

  /** A call, because an abort can change the state during any `await`, and the type checker does not expect it. */
  #isBroken(): boolean {
    return this.state === 'broken';
  }

  #forgetPlans(connection: PostgresConnection): void {
    connection.prepared.forgetAll();
    this.#environment.pool.forgetPlans();
  }
}
