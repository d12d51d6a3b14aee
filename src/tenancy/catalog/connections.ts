import pg from 'pg';
import { databaseUnreachable } from '../../database/unavailable.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { TrackedSockets } from './tracked-sockets.ts';

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
      throw databaseUnreachable(error);
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
  const pool = new pg.Pool({ ...directoryClient(url, timeout, sockets), max: maxConnections });
  // An idle connection that the server ended; the pool has dropped it already.
  pool.on('error', (error) => logger.debug({ err: error }, 'a connection to the catalog was closed'));
  return { pool, retire: () => sockets.closeWithin(2 * timeout, pool.end()) };
}

/**
 * A connection to the catalog, as `pg` is told of it.
 *
 * @param timeout milliseconds, once for connecting and once for each answer
 */
export function directoryClient(url: string, timeout: number, sockets: TrackedSockets) {
  return {
    connectionString: url,
    application_name: 'insula directory',
    connectionTimeoutMillis: timeout,
    query_timeout: timeout,
    keepAlive: true,
    stream: () => sockets.open(),
  } satisfies pg.ClientConfig;
}

/** An error of ours (no such table, no privilege, malformed value) rather than the database being away. */
function isMistake(error: unknown): boolean {
  return error instanceof pg.DatabaseError && /^(22|42)/.test(error.code ?? '');
}
