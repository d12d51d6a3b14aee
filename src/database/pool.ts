import pg from 'pg';
import { problems } from '../errors/problems.ts';
import { type ConnectionSettings, PostgresConnection } from './wire/connection.ts';

/** Seconds after which a caller who was refused may ask again. */
const RETRY_AFTER = { 'retry-after': '1' };

const TOO_MANY_CONNECTIONS = '53300';

export interface PoolSettings extends ConnectionSettings {
  readonly maxConnections: number;
  /** Milliseconds after which an idle connection is closed. */
  readonly idleTimeout: number;
  readonly logger: { warn(details: object, message: string): void };
}

interface Slot {
  readonly connection: PostgresConnection;
  readonly index: number;
  /** Which of the pool's calls to forget plans it has heeded. */
  generation: number;
  expiry?: NodeJS.Timeout;
}

interface Waiter {
  resolve(connection: PostgresConnection): void;
  reject(reason: unknown): void;
  readonly tenant: string;
}

/**
 * Connections for tenants' transactions. A backend that has served a tenant keeps that tenant's plans and catalog
 * entries, which cost memory in every backend and time at the first touch: so each tenant has a home among the
 * connections, and goes elsewhere only when its home is busy.
 */
export class Pool implements AsyncDisposable {
  readonly #settings: PoolSettings;
  readonly #idle = new Map<number, Slot>();
  readonly #busy = new Map<PostgresConnection, Slot>();
  readonly #opening = new Set<number>();
  readonly #waiting = new Set<Waiter>();
  readonly #closing = new Map<number, Promise<void>>();
  #closed = false;
  #generation = 0;

  constructor(settings: PoolSettings) {
    this.#settings = settings;
  }

  get total(): number {
    return this.#idle.size + this.#busy.size + this.#opening.size + this.#closing.size;
  }

  get idle(): number {
    return this.#idle.size;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /**
   * A connection of the caller's own until `release` or `discard`.
   *
   * @throws problems.DATABASE_BUSY when none became free in time
   * @throws problems.DATABASE_UNAVAILABLE when the server can't be reached
   * @throws the signal's reason
   */
  acquire(tenant: string, signal?: AbortSignal): Promise<PostgresConnection> {
    if (this.#closed) return Promise.reject(problems.DATABASE_UNAVAILABLE('The database is being left.'));
    if (signal?.aborted) return Promise.reject(signal.reason);
    const idle = this.#waiting.size === 0 ? this.#take(tenant) : undefined;
    if (idle) {
      this.#busy.set(idle.connection, idle);
      return Promise.resolve(idle.connection);
    }
    return new Promise((resolve, reject) => {
      const settled = (): void => {
        clearTimeout(late);
        signal?.removeEventListener('abort', aborted);
        this.#waiting.delete(waiter);
      };
      const waiter: Waiter = {
        tenant,
        resolve: (connection) => {
          settled();
          resolve(connection);
        },
        reject: (reason) => {
          settled();
          reject(reason);
        },
      };
      const aborted = (): void => waiter.reject(signal?.reason);
      const late = setTimeout(() => {
        waiter.reject(this.#busy.size > 0 ? busy() : unreachable(new Error('No connection in time.')));
      }, this.#settings.connectionTimeout);
      signal?.addEventListener('abort', aborted, { once: true });
      this.#waiting.add(waiter);
      this.#serve();
    });
  }

  /** Gives a connection back; one that is not clean is closed. */
  release(connection: PostgresConnection): void {
    const slot = this.#busy.get(connection);
    if (!slot) return;
    this.#busy.delete(connection);
    if (connection.clean && !this.#closed) {
      this.#keep(slot);
      this.#serve();
    } else this.#close(slot, () => connection.close());
  }

  /** Cancels what runs on a connection and closes it. Resolves when its socket is closed. */
  async discard(connection: PostgresConnection): Promise<void> {
    const slot = this.#busy.get(connection);
    if (!slot) return;
    this.#busy.delete(connection);
    this.#close(slot, () => connection.abort());
    await this.#closing.get(slot.index);
  }

  /** Releases a connection when `ending` is through. */
  releaseAfter(connection: PostgresConnection, ending: Promise<unknown>): void {
    ending.then(
      () => this.release(connection),
      () => this.release(connection),
    );
  }

  /** Has every connection drop its prepared statements before it is used again. */
  forgetPlans(): void {
    this.#generation++;
  }

  /** Refuses new work, closes idle connections at once and busy ones when they are released. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    for (const waiter of this.#waiting)
      waiter.reject(problems.DATABASE_UNAVAILABLE('The database is being left.'));
    for (const slot of this.#idle.values()) this.#retire(slot);
    await Promise.all(this.#closing.values());
  }

  /** Gives idle connections to those who wait, first come first served, and opens what is missing. */
  #serve(): void {
    for (const waiter of this.#waiting) {
      const slot = this.#take(waiter.tenant);
      if (!slot) break;
      this.#busy.set(slot.connection, slot);
      waiter.resolve(slot.connection);
    }
    let missing = this.#waiting.size - this.#opening.size;
    for (const waiter of this.#waiting) {
      if (missing-- <= 0 || this.total >= this.#settings.maxConnections) break;
      this.#open(this.#freeIndex(waiter.tenant));
    }
  }

  #take(tenant: string): Slot | undefined {
    for (;;) {
      // The first of the others was idle for longest.
      const slot = this.#idle.get(this.#home(tenant)) ?? this.#idle.values().next().value;
      if (!slot) return undefined;
      if (slot.connection.clean) {
        clearTimeout(slot.expiry);
        this.#idle.delete(slot.index);
        if (slot.generation !== this.#generation) slot.connection.prepared.forgetAll();
        slot.generation = this.#generation;
        return slot;
      }
      this.#retire(slot);
    }
  }

  #keep(slot: Slot): void {
    slot.expiry = setTimeout(() => this.#retire(slot), this.#settings.idleTimeout).unref();
    this.#idle.set(slot.index, slot);
  }

  #retire(slot: Slot): void {
    clearTimeout(slot.expiry);
    this.#idle.delete(slot.index);
    this.#close(slot, () => slot.connection.close());
  }

  /** The server's side counts until the socket is closed, so the slot is kept until then. */
  #close(slot: Slot, close: () => Promise<void>): void {
    const closed = close().finally(() => {
      this.#closing.delete(slot.index);
      this.#serve();
    });
    this.#closing.set(slot.index, closed);
  }

  #open(index: number): void {
    this.#opening.add(index);
    PostgresConnection.open(this.#settings).then(
      (connection) => {
        this.#opening.delete(index);
        const slot: Slot = { connection, index, generation: this.#generation };
        if (this.#closed) this.#close(slot, () => connection.close());
        else {
          void connection.ended.then(() => this.#dropped(slot));
          this.#keep(slot);
          this.#serve();
        }
      },
      (error: unknown) => {
        this.#opening.delete(index);
        this.#settings.logger.warn({ error }, 'No connection to the database could be opened');
        // The server has no room for more: those who wait are served by the connections that exist.
        if (isBusy(error) && this.#busy.size > 0) return;
        const [longest] = this.#waiting;
        longest?.reject(unreachable(error));
        this.#serve();
      },
    );
  }

  /** The server ended an idle connection. */
  #dropped(slot: Slot): void {
    if (this.#idle.get(slot.index) !== slot) return;
    this.#settings.logger.warn({}, 'An idle connection to the database ended');
    this.#retire(slot);
  }

  #home(tenant: string): number {
    let hash = 0;
    for (let i = 0; i < tenant.length; i++) hash = (hash * 31 + tenant.charCodeAt(i)) >>> 0;
    return hash % this.#settings.maxConnections;
  }

  #freeIndex(tenant: string): number {
    const taken = new Set([...this.#busy.values()].map(({ index }) => index));
    const free = (index: number) =>
      !(taken.has(index) || this.#opening.has(index) || this.#closing.has(index));
    let index = this.#home(tenant);
    while (!free(index)) index = (index + 1) % this.#settings.maxConnections;
    return index;
  }
}

function busy(cause?: unknown) {
  return problems.DATABASE_BUSY('No database connection is free; ask again.', {
    headers: RETRY_AFTER,
    cause,
  });
}

function isBusy(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === TOO_MANY_CONNECTIONS;
}

function unreachable(error: unknown) {
  if (isBusy(error)) return busy(error);
  return problems.DATABASE_UNAVAILABLE('The database can not be reached; ask again.', {
    headers: RETRY_AFTER,
    cause: error,
  });
}
