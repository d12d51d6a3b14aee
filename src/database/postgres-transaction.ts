import type { AsyncLocalStorage } from 'node:async_hooks';
import type { ObservedStatement } from '../telemetry/statement-spans.ts';
import { ForeignSession, MoreThanOneStatement, TransactionEnded, TransactionFailed } from './errors.ts';
import { assertPlannable } from './guard.ts';
import { Lease, type LeaseEnvironment } from './lease.ts';
import { Levels } from './levels.ts';
import type { TenantTransaction, TransactionOptions, TransactionState } from './transaction.ts';
import type { Answer, AnswerReader } from './wire/answer.ts';
import type { Exchange } from './wire/connection.ts';
import type { PreparedStatements } from './wire/prepared-statements.ts';
import { command } from './wire/step.ts';
import { type Encoded, encode } from './wire/values.ts';

/** What every transaction of a database works with. */
export interface TransactionEnvironment extends LeaseEnvironment {
  readonly active: AsyncLocalStorage<PostgresTransaction>;
  readonly onQuery?: ((statement: ObservedStatement) => void) | undefined;
}

interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
  readonly portal?: { readonly name: string; readonly limit: number };
}

/**
 * A tenant's transaction: it guards and queues statements, and the lease on its connection carries them. Only
 * `query`, `stream` and `execute` take a caller's text; what the driver itself says goes through `sendAhead` and `control`.
 */
export class PostgresTransaction implements TenantTransaction {
  statements = 0;
  exceeded = false;
  readonly options: TransactionOptions;
  /** The transactions that MikroORM and Kysely opened inside. */
  readonly levels = new Levels();
  readonly #environment: TransactionEnvironment;
  readonly #lease: Lease;
  #last: Promise<unknown> = Promise.resolve();
  #ending = false;
  #portals = 0;

  constructor(options: TransactionOptions, environment: TransactionEnvironment) {
    this.options = options;
    this.#environment = environment;
    this.#lease = new Lease(options, environment);
  }

  get tenant(): string {
    return this.options.tenant;
  }

  get state(): TransactionState {
    return this.#lease.state;
  }

  get databaseTime(): number {
    return this.#lease.databaseTime;
  }

  /** A statement failed: only a rollback, of all or to a savepoint, is possible. */
  get failed(): boolean {
    return this.#lease.failed;
  }

  run<T>(work: () => Promise<T>): Promise<T> {
    return this.#environment.active.run(this, work);
  }

  async execute(text: string, values: readonly unknown[] = []) {
    this.#refuseForeigners();
    const { rows, rowCount } = await this.query(text, values);
    return { rows, rowCount };
  }

  async executeAhead(text: string, values: readonly unknown[] = []): Promise<void> {
    this.#refuseForeigners();
    assertPlannable(text);
    await this.#inTurn(async () => {
      this.assertUsable();
      // What reads is never committed; and with the first statement the transaction itself has to be opened.
      if (this.options.access === 'read only' || this.state !== 'open' || this.failed) {
        await this.#send({ text, values });
        return;
      }
      const encoded = encode(values);
      this.statements++;
      this.#lease.sendAhead((prepared) => ({
        ...this.#prepared(text, encoded, prepared),
        keepRows: false,
      }));
    });
  }

  /**
   * One statement of the caller's.
   *
   * @throws StatementRefused | TransactionEnded | why the transaction is broken | pg.DatabaseError
   */
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
      if (this.state === 'open') {
        this.#lease.sendAhead(() => ({ kind: 'close', what: 'portal', name: portal.name }));
      }
    }
  }

  /** A command of the driver's own that travels with the next statement; nothing is sent now. */
  sendAhead(text: string): Promise<void> {
    return this.#inTurn(async () => {
      this.assertUsable();
      this.#assertRoom();
      this.#lease.sendAhead(() => command(text));
    });
  }

  /** A command of the driver's own, sent at once. */
  async control(text: string): Promise<void> {
    await this.#inTurn(async () => {
      this.assertUsable();
      this.#assertRoom();
      await this.#lease.exchange(() => [command(text)]);
    });
  }

  commit(): Promise<void> {
    return this.#inTurn(async () => {
      this.assertUsable();
      const obstacle = this.#obstacle();
      if (!obstacle) return await this.#lease.commit();
      await this.#lease.rollBack();
      throw obstacle;
    });
  }

  rollback(): Promise<void> {
    this.#ending = true;
    return this.#inTurn(async () => {
      await this.#lease.rollBack();
      await this.#lease.settled;
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.rollback();
  }

  /** @throws TransactionEnded | why the transaction is broken */
  assertUsable(): void {
    this.#lease.assertHeld();
    if (this.#ending) throw new TransactionEnded('The transaction is being rolled back.');
  }

  /** Statements of one transaction run one after the other, however many are asked for at the same time. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #send({ text, values, portal }: Statement): Promise<Exchange> {
    this.assertUsable();
    // A portal ends with its transaction.
    if (portal || this.statements > 0) this.#assertRoom();
    const encoded = encode(values);
    this.statements++;
    const before = this.databaseTime;
    const observe = (outcome?: { readonly error: unknown }) =>
      this.#environment.onQuery?.({
        tenant: this.tenant,
        text,
        duration: this.databaseTime - before,
        ...outcome,
      });
    try {
      const exchange = await this.#lease.exchange((prepared) => [
        { ...this.#prepared(text, encoded, prepared), keepRows: true, ...(portal && { portal }) },
      ]);
      observe();
      return exchange;
    } catch (error) {
      observe({ error });
      throw error;
    }
  }

  #prepared(text: string, values: Encoded[], prepared: PreparedStatements) {
    // A text without parameters is likely to be one of a kind.
    const key = values.length > 0 ? `${this.options.schemaVersion ?? 0} ${text}` : undefined;
    const name = key === undefined ? { parse: true } : prepared.prepare(key, values.length);
    return { kind: 'statement', text, values, ...name } as const;
  }

  /** @throws MoreThanOneStatement where nothing may be sent but the one statement */
  #assertRoom(): void {
    if (!this.options.single) return;
    this.exceeded = true;
    throw new MoreThanOneStatement();
  }

  /** @throws ForeignSession */
  #refuseForeigners(): void {
    const active = this.#environment.active.getStore();
    if (active && active !== this) throw new ForeignSession();
  }

  #fetch(portal: string, limit: number, after: AnswerReader): Promise<Exchange> {
    this.assertUsable();
    return this.#lease.exchange(() => [{ kind: 'fetch', portal, limit, after }]);
  }

  /** Why the transaction can't be committed. */
  #obstacle(): TransactionFailed | undefined {
    if (this.failed) return new TransactionFailed('A statement had failed: everything was rolled back.');
    if (this.levels.open)
      return new TransactionFailed('A transaction inside was still open: everything was rolled back.');
    return undefined;
  }
}
