import pg, { type ClientConfig, type CustomTypesConfig } from 'pg';
import { ConnectionLost, ServerSilent } from '../errors.ts';
import type { Answer, AnswerReader } from './answer.ts';
import { Batch } from './batch.ts';
import { requestCancel } from './cancel.ts';
import { PreparedStatements } from './prepared-statements.ts';
import { command, type Step } from './step.ts';

/** Milliseconds that the server may take to obey: to pass on a cancellation, to end a cancelled statement, to say goodbye. */
const PATIENCE = 5_000;

/** Milliseconds that a cancelled statement may take to end before it is cancelled again. */
const CANCELLATION = 500;

/** The last step's answer, and who read it. */
export interface Exchange {
  readonly answer: Answer;
  readonly reader: AnswerReader;
}

export interface ConnectionSettings {
  /** The server's address, with login and password. */
  readonly url: string;
  /** How long connecting may take, in milliseconds. */
  readonly connectionTimeout: number;
  readonly types: CustomTypesConfig;
  /** Bytes that its named statements may take at the server; 0 for no names. */
  readonly statementMemory: number;
}

/** A connection to PostgreSQL that speaks the extended protocol only, one batch after the other. */
export class PostgresConnection {
  readonly prepared: PreparedStatements;
  /** Settled when the socket is closed, by whichever side. */
  readonly ended: Promise<void>;
  readonly #client: pg.Client;
  readonly #types: CustomTypesConfig;
  #used = false;
  #running: Promise<unknown> | undefined;
  #lost: Error | undefined;

  private constructor(client: pg.Client, settings: ConnectionSettings) {
    this.#client = client;
    this.#types = settings.types;
    this.prepared = new PreparedStatements(settings.statementMemory);
    this.ended = new Promise((resolve) => {
      client.once('end', () => {
        this.#lost ??= new Error('The connection ended.');
        resolve();
      });
    });
    // Without a listener a connection that the server drops would end the process.
    client.on('error', (error) => {
      this.#lost ??= error;
    });
  }

  /**
   * Connects and logs in.
   *
   * @throws pg.DatabaseError when the server refuses; errors of the system when it can't be reached in time
   */
  static async open(settings: ConnectionSettings): Promise<PostgresConnection> {
    const config: ClientConfig = {
      connectionString: settings.url,
      connectionTimeoutMillis: settings.connectionTimeout,
      keepAlive: true,
      types: settings.types,
    };
    const client = new pg.Client(config);
    const connection = new PostgresConnection(client, settings);
    await client.connect();
    return connection;
  }

  /** No transaction is open, nothing runs and the socket stands: fit for the next session. */
  get clean(): boolean {
    return !this.#lost && this.#running === undefined && this.#client.getTransactionStatus() === 'I';
  }

  /** Something was run on it before. */
  get used(): boolean {
    return this.#used;
  }

  get inTransaction(): boolean {
    return this.#client.getTransactionStatus() !== 'I';
  }

  /** A statement failed in the open transaction: the server takes nothing but a rollback. */
  get failed(): boolean {
    return this.#client.getTransactionStatus() === 'E';
  }

  /**
   * Sends steps in one write and waits until all were answered.
   *
   * @param timeout milliseconds after which the server is taken for lost, and the socket closed
   * @throws ConnectionLost
   * @throws pg.DatabaseError when a statement failed: the steps after it were not run
   */
  async run(steps: readonly Step[], timeout: number): Promise<Exchange> {
    if (this.#lost) throw new ConnectionLost('The connection ended.', { cause: this.#lost });
    if (this.#running !== undefined) throw new Error('A connection runs one batch at a time.');
    const batch = new Batch([...this.prepared.takeClosing(), ...steps], this.#types);
    const silence = setTimeout(() => {
      this.#lost ??= new ServerSilent('The server did not answer in time.');
      batch.fail(this.#lost);
      this.#client.connection.stream.destroy();
    }, timeout);
    this.#running = batch.answer;
    this.#used = true;
    this.#client.query(batch);
    try {
      const answer = await batch.answer;
      this.prepared.settle(true);
      return { answer, reader: batch.reader };
    } catch (error) {
      this.prepared.settle(false);
      throw error;
    } finally {
      clearTimeout(silence);
      this.#running = undefined;
    }
  }

  /**
   * Ends what a caller who went away left behind, without a cancellation: waits a moment for the statement that runs,
   * and rolls back.
   *
   * @param grace milliseconds that the statement may still take
   * @returns whether the connection is clean; otherwise the statement still runs or the connection is lost
   */
  async settle(grace: number): Promise<boolean> {
    const running = this.#running?.catch(() => undefined);
    if (running !== undefined) await Promise.race([running, expired(grace)]);
    if (this.#running !== undefined || this.#lost) return false;
    if (this.inTransaction) await this.run([command('rollback')], PATIENCE).catch(() => undefined);
    return this.clean;
  }

  /**
   * Cancels what runs, waits for its end and closes the connection. Never leaves a cancellation behind that could hit
   * a later statement: there is none on this connection.
   */
  async abort(): Promise<void> {
    const running = this.#running?.catch(() => undefined);
    const deadline = performance.now() + PATIENCE;
    // Behind a pooler the first may come before the statement, which waits for a backend then: it has no effect.
    while (
      running !== undefined &&
      this.#running !== undefined &&
      !this.#lost &&
      performance.now() < deadline
    ) {
      await requestCancel(this.#client, PATIENCE).catch(() => undefined);
      await Promise.race([running, expired(CANCELLATION)]);
    }
    await this.close();
  }

  /** Says goodbye and waits for the socket's end; a server that doesn't react is left. */
  async close(): Promise<void> {
    this.#client.end().catch(() => undefined);
    const closed = await Promise.race([this.ended.then(() => true), expired(PATIENCE)]);
    if (!closed) this.#client.connection.stream.destroy();
    await this.ended;
  }
}

function expired(milliseconds: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), milliseconds).unref());
}
