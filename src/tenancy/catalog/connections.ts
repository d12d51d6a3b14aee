import { Socket } from 'node:net';
import pg from 'pg';
import type { Logger } from 'pino';
import { problems } from '../../errors/problems.ts';

export interface ConnectionOptions {
  /** Connection string of the directory login. */
  readonly url: string;
  readonly maxConnections: number;
  /** Milliseconds, once for having a connection and once for the answer. */
  readonly timeout: number;
  readonly logger: Logger;
}

export type Row = Readonly<Record<string, unknown>>;

/** A few connections of the directory login, which reads the catalog and nothing else. */
export class DirectoryConnections implements AsyncDisposable {
  readonly #options: ConnectionOptions;
  readonly #retired = new Set<Promise<void>>();
  #pool: RetirablePool;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#pool = openPool(options);
  }

  /** @throws Problem `DATABASE_UNAVAILABLE` when the database can't be reached or doesn't answer in time. */
  async query(text: string, values: readonly string[] = []): Promise<readonly Row[]> {
    try {
      const { rows } = await this.#pool.pool.query<Row>(text, [...values]);
      return rows;
    } catch (error) {
      if (isMistake(error)) throw error;
      throw problems.DATABASE_UNAVAILABLE('The database can not be reached; try again.', {
        headers: { 'retry-after': '1' },
        cause: error,
      });
    }
  }

  /**
   * Starts over with new connections: when one was silently cut, its neighbours most likely were too, and each would
   * cost a request its whole timeout to find out.
   */
  renew(): void {
    const retired = this.#pool.retire().finally(() => this.#retired.delete(retired));
    this.#retired.add(retired);
    this.#pool = openPool(this.#options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#pool.retire(), ...this.#retired]);
  }
}

interface RetirablePool {
  readonly pool: pg.Pool;
  /** Closes what is idle now and what is at work when it is done; what then still hangs is destroyed. */
  retire(): Promise<void>;
}

function openPool({ url, maxConnections, timeout, logger }: ConnectionOptions): RetirablePool {
  const sockets = new TrackedSockets();
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'insula directory',
    max: maxConnections,
    connectionTimeoutMillis: timeout,
    query_timeout: timeout,
    keepAlive: true,
    stream: () => sockets.open(),
  });
  // An idle connection that the server ended; the pool has dropped it already.
  pool.on('error', (error) => logger.debug({ err: error }, 'a connection to the catalog was closed'));
  return { pool, retire: () => sockets.closeWithin(2 * timeout, pool.end()) };
}

/** An error of ours (no such table, no privilege, malformed value) rather than the database being away. */
function isMistake(error: unknown): boolean {
  return error instanceof pg.DatabaseError && /^(22|42)/.test(error.code ?? '');
}

/** Sockets that can be destroyed: the driver waits for the other side's goodbye, which a dead line never brings. */
export class TrackedSockets {
  readonly #sockets = new Set<Socket>();

  open(): Socket {
    const socket = new Socket();
    this.#sockets.add(socket);
    return socket.once('close', () => this.#sockets.delete(socket));
  }

  /** Waits for an orderly end, and destroys the sockets when it takes longer than `milliseconds`. */
  async closeWithin(milliseconds: number, end: Promise<void>): Promise<void> {
    const { promise: impatience, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy();
      resolve();
    }, milliseconds);
    try {
      await Promise.race([end, impatience]);
    } finally {
      clearTimeout(timer);
    }
  }
}
