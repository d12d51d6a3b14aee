import type { Logger } from '../telemetry/logger.ts';
import { AbandonedWork } from './abandoned-work.ts';
import { homeOf, nearestPlace } from './affinity.ts';
import { sqlState } from './failures.ts';
import { databaseBusy, databaseLeft, databaseUnreachable } from './unavailable.ts';
import { WaitingLine } from './waiting-line.ts';
import { type ConnectionSettings, PostgresConnection } from './wire/connection.ts';

const TOO_MANY_CONNECTIONS = '53300';

/**
 * Milliseconds that the statement of an operation that was broken off may still take. Most end sooner, and a rollback
 * is cheap where a cancellation costs the connection.
 */
const GRACE = 75;

/** How many operations that were broken off a tenant may have before its next one waits: a quarter of the connections. */
function abandonedLimit(maxConnections: number): number {
  return Math.max(2, Math.ceil(maxConnections / 4));
}

export interface PoolSettings extends ConnectionSettings {
  readonly maxConnections: number;
  /** Milliseconds after which an idle connection is closed. */
  readonly idleTimeout: number;
  readonly logger: Pick<Logger, 'warn'>;
}

/** A connection and its place in the pool. */
interface Slot {
  readonly connection: PostgresConnection;
  /** Its number among `maxConnections`, by which a tenant finds its home. */
  readonly place: number;
  /** Which of the pool's calls to forget plans it has heeded. */
  generation: number;
  expiry?: NodeJS.Timeout;
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
  readonly #abandoned: AbandonedWork;
  readonly #waiting: WaitingLine<PostgresConnection>;
  readonly #closing = new Map<number, Promise<void>>();
  #closed = false;
  #generation = 0;

  constructor(settings: PoolSettings) {
    this.#settings = settings;
    this.#abandoned = new AbandonedWork(abandonedLimit(settings.maxConnections));
    this.#waiting = new WaitingLine((tenant) => this.#abandoned.holdsBack(tenant));
  }

  get total(): number {
    return this.#idle.size + this.#busy.size + this.#opening.size + this.#closing.size;
  }

  get idle(): number {
    return this.#idle.size;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /**
   * A connection of the caller's own until `release` or `discard`.
   *
   * @throws problems.DATABASE_BUSY when none became free in time
   * @throws problems.DATABASE_UNAVAILABLE when the server can't be reached
   * @throws the signal's reason
   */
  acquire(tenant: string, signal?: AbortSignal): Promise<PostgresConnection> {
    if (this.#closed) return Promise.reject(databaseLeft());
    if (signal?.aborted) return Promise.reject(signal.reason);
    const next = this.#waiting.length === 0 && !this.#abandoned.holdsBack(tenant);
    const idle = next ? this.#take(tenant) : undefined;
    if (idle) return Promise.resolve(idle);
    const connection = this.#waiting.join(tenant, {
      timeout: this.#settings.connectionTimeout,
      onTimeout: () =>
        this.#busy.size > 0 || this.#abandoned.holdsBack(tenant)
          ? databaseBusy()
          : databaseUnreachable(new Error('No connection in time.')),
      signal,
    });
    this.#serve();
    return connection;
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

  /**
   * Takes back the connection of an operation that was broken off, whatever runs on it. It serves again when it is
   * clean; a statement that does not end in time is cancelled, and its connection is closed and never used again, so
   * that the cancellation can hit nothing else. Resolves when nothing of the operation runs any more.
   */
  async abandon(connection: PostgresConnection, tenant: string): Promise<void> {
    const ending = this.#settle(connection);
    void this.#abandoned.count(tenant, ending).then(() => this.#serve());
    await ending;
  }

  /** Cancels what runs on a connection and closes it. Resolves when its socket is closed. */
  async discard(connection: PostgresConnection): Promise<void> {
    const slot = this.#busy.get(connection);
    if (!slot) return;
    this.#busy.delete(connection);
    this.#close(slot, () => connection.abort());
    await this.#closing.get(slot.place);
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
    this.#waiting.rejectAll(databaseLeft);
    for (const slot of this.#idle.values()) this.#retire(slot);
    await this.#abandoned.ended();
    await Promise.all(this.#closing.values());
  }

  /** Returns whether the connection was kept. */
  async #settle(connection: PostgresConnection): Promise<boolean> {
    const kept = await connection.settle(GRACE);
    if (kept) this.release(connection);
    else await this.discard(connection);
    return kept;
  }

  /** Gives idle connections to those who wait, first come first served, and opens what is missing. */
  #serve(): void {
    this.#waiting.serve((tenant) => this.#take(tenant));
    const opening = this.#opening.size;
    const possible = this.#settings.maxConnections - this.total;
    // Those in front get the connections that are being opened.
    for (const tenant of this.#waiting.first(opening + possible).slice(opening)) this.#open(tenant);
  }

  /** An idle connection that is fit for use, if there is one; it is busy from now on. */
  #take(tenant: string): PostgresConnection | undefined {
    const home = homeOf(tenant, this.#settings.maxConnections);
    for (;;) {
      // The first of the others was idle for longest.
      const slot = this.#idle.get(home) ?? this.#idle.values().next().value;
      if (!slot) return undefined;
      const { connection } = slot;
      if (connection.clean) {
        clearTimeout(slot.expiry);
        this.#idle.delete(slot.place);
        this.#busy.set(connection, slot);
        if (slot.generation !== this.#generation) connection.prepared.forgetAll();
        slot.generation = this.#generation;
        return connection;
      }
      this.#retire(slot);
    }
  }

  #keep(slot: Slot): void {
    slot.expiry = setTimeout(() => this.#retire(slot), this.#settings.idleTimeout).unref();
    this.#idle.set(slot.place, slot);
  }

  #retire(slot: Slot): void {
    clearTimeout(slot.expiry);
    this.#idle.delete(slot.place);
    this.#close(slot, () => slot.connection.close());
  }

  /** The server's side counts until the socket is closed, so the slot is kept until then. */
  #close(slot: Slot, close: () => Promise<void>): void {
    const closed = close().finally(() => {
      this.#closing.delete(slot.place);
      this.#serve();
    });
    this.#closing.set(slot.place, closed);
  }

  #open(tenant: string): void {
    const place = nearestPlace(tenant, this.#settings.maxConnections, this.#takenPlaces);
    this.#opening.add(place);
    PostgresConnection.open(this.#settings).then(
      (connection) => {
        this.#opening.delete(place);
        const slot: Slot = { connection, place, generation: this.#generation };
        if (this.#closed) this.#close(slot, () => connection.close());
        else {
          void connection.ended.then(() => this.#dropped(slot));
          this.#keep(slot);
          this.#serve();
        }
      },
      (error: unknown) => {
        this.#opening.delete(place);
        this.#settings.logger.warn({ error }, 'No connection to the database could be opened');
        const full = sqlState(error) === TOO_MANY_CONNECTIONS;
        // The server has no room for more: those who wait are served by the connections that exist.
        if (full && this.#busy.size > 0) return;
        this.#waiting.rejectFirst(full ? databaseBusy(error) : databaseUnreachable(error));
        this.#serve();
      },
    );
  }

  get #takenPlaces(): Set<number> {
    const busy = Array.from(this.#busy.values(), ({ place }) => place);
    return new Set([...this.#idle.keys(), ...busy, ...this.#opening, ...this.#closing.keys()]);
  }

  /** The server ended an idle connection. */
  #dropped(slot: Slot): void {
    if (this.#idle.get(slot.place) !== slot) return;
    this.#settings.logger.warn({}, 'An idle connection to the database ended');
    this.#retire(slot);
  }
}
