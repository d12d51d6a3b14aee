import type { Logger } from '../telemetry/logger.ts';
import type { PoolGauges } from '../telemetry/pool-metrics.ts';
import { AbandonedWork } from './abandoned-work.ts';
import { Backend } from './backend.ts';
import { readBackendMemory } from './backend-memory.ts';
import { sqlState } from './failures.ts';
import { Loyalty } from './loyalty.ts';
import { Places, type Slot } from './places.ts';
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
  /** Bytes that a connection's backend may keep before another takes its place; 0 for no limit. */
  readonly backendMemory: number;
  readonly logger: Pick<Logger, 'warn'>;
}

/**
 * Connections for tenants' transactions. A backend that has served a tenant keeps that tenant's plans and catalog
 * entries, which cost memory in every backend and time at the first touch: so each tenant has a home among the
 * connections, and goes elsewhere only when its home is busy, and then not far. A backend that keeps too much is replaced
 * when there is time for it: one after the other, so that the others are there for who comes.
 */
export class Pool implements PoolGauges, AsyncDisposable {
  readonly tenants = { known: 0, new: 0 };
  readonly closed = { memory: 0, ceiling: 0, idle: 0, broken: 0 };
  readonly #settings: PoolSettings;
  readonly #places: Places;
  readonly #abandoned: AbandonedWork;
  readonly #waiting: WaitingLine<PostgresConnection>;
  readonly #loyalty = new Loyalty();
  /** Whether a backend is being replaced for its memory. */
  #replacing = false;
  #memoryIsTold = true;
  #isClosed = false;
  #generation = 0;

  constructor(settings: PoolSettings) {
    const { maxConnections } = settings;
    this.#settings = settings;
    this.#places = new Places(maxConnections);
    this.#abandoned = new AbandonedWork(abandonedLimit(maxConnections));
    this.#waiting = new WaitingLine(
      (tenant, since) => this.#abandoned.holdsBack(tenant) || this.#ratherWaits(tenant, since),
      maxConnections,
    );
  }

  get total(): number {
    return this.#places.taken;
  }

  get idle(): number {
    return this.#places.idle.size;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  get backendMemory(): number {
    return this.#sum(({ backend }) => backend.bytes);
  }

  get namedStatements(): number {
    return this.#sum(({ connection }) => connection.prepared.count);
  }

  /**
   * A connection of the caller's own until `release` or `discard`.
   *
   * @throws problems.DATABASE_BUSY when none became free in time
   * @throws problems.DATABASE_UNAVAILABLE when the server can't be reached
   * @throws the signal's reason
   */
  acquire(tenant: string, signal?: AbortSignal): Promise<PostgresConnection> {
    if (this.#isClosed) return Promise.reject(databaseLeft());
    if (signal?.aborted) return Promise.reject(signal.reason);
    const loyal = this.#ratherWaits(tenant, performance.now());
    const next = this.#waiting.length === 0 && !loyal && !this.#abandoned.holdsBack(tenant);
    const idle = next ? this.#take(tenant) : undefined;
    if (idle) return Promise.resolve(idle);
    const connection = this.#waiting.join(tenant, {
      timeout: this.#settings.connectionTimeout,
      onTimeout: () =>
        this.#places.busy.size > 0 || this.#abandoned.holdsBack(tenant)
          ? databaseBusy()
          : databaseUnreachable(new Error('No connection in time.')),
      signal,
    });
    this.#serve();
    this.#serveThePatient(performance.now());
    return connection;
  }

  /** Gives a connection back; one that is not clean is closed. */
  release(connection: PostgresConnection): void {
    const slot = this.#places.busy.get(connection);
    if (!slot) return;
    this.#loyalty.note(performance.now() - slot.takenAt);
    const fit = connection.clean && !this.#isClosed;
    if (fit && this.#memoryIsTold && slot.backend.isDue(performance.now())) void this.#look(slot);
    else this.#takeBack(slot);
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
    const slot = this.#places.busy.get(connection);
    if (!slot) return;
    this.#places.busy.delete(connection);
    this.closed.broken++;
    await this.#close(slot, () => connection.abort());
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
    this.#isClosed = true;
    this.#waiting.rejectAll(databaseLeft);
    for (const slot of this.#places.idle.values()) void this.#retire(slot);
    await this.#abandoned.ended();
    await Promise.all(this.#places.closing.values());
  }

  /** Returns whether the connection was kept. */
  async #settle(connection: PostgresConnection): Promise<boolean> {
    const kept = await connection.settle(GRACE);
    if (kept) this.release(connection);
    else await this.discard(connection);
    return kept;
  }

  /** Gives idle connections to those who wait, in turns, and opens what is missing. */
  #serve(): void {
    this.#waiting.serve(
      (tenant) => this.#take(tenant),
      (tenant) => this.#places.distanceFor(tenant),
    );
    const opening = this.#places.opening.size;
    // Those in front get the connections that are being opened.
    for (const tenant of this.#waiting.first(opening + this.#places.free).slice(opening)) {
      const place = this.#places.freeFor(tenant);
      if (place !== undefined) void this.#open(place);
    }
    this.#replaceHeavy();
  }

  #ratherWaits(tenant: string, since: number): boolean {
    return performance.now() - since < this.#loyalty.patience && this.#places.isBusyElsewhere(tenant);
  }

  /** Sees to it that one who waits for a backend that knows it is served when that was long enough, whatever else happens. */
  #serveThePatient(since: number): void {
    const left = since + this.#loyalty.patience - performance.now();
    if (left > 0) setTimeout(() => this.#serveThePatient(since), left + 1).unref();
    else this.#serve();
  }

  /** An idle connection that is fit for use, if there is one; it is busy from now on. */
  #take(tenant: string): PostgresConnection | undefined {
    for (;;) {
      const slot = this.#places.idleFor(tenant);
      if (!slot) return undefined;
      const { connection } = slot;
      if (!connection.clean) {
        this.closed.broken++;
        void this.#retire(slot);
        continue;
      }
      clearTimeout(slot.expiry);
      this.#places.idle.delete(slot.place);
      this.#places.busy.set(connection, slot);
      if (slot.generation !== this.#generation) connection.prepared.forgetAll();
      slot.generation = this.#generation;
      slot.takenAt = performance.now();
      this.tenants[slot.backend.serve(tenant) ? 'known' : 'new']++;
      return connection;
    }
  }

  /** Asks a backend for its memory before its connection is taken back. */
  async #look(slot: Slot): Promise<void> {
    const started = performance.now();
    try {
      const bytes = await readBackendMemory(slot.connection);
      const now = performance.now();
      slot.backend.looked(bytes, now, now - started);
    } catch (error) {
      const message = 'Backends do not tell their memory, and are not replaced for it';
      if (this.#memoryIsTold && slot.connection.clean) this.#settings.logger.warn({ error }, message);
      this.#memoryIsTold &&= !slot.connection.clean;
    }
    this.#takeBack(slot);
  }

  #takeBack(slot: Slot): void {
    const { connection, backend } = slot;
    this.#places.busy.delete(connection);
    if (!connection.clean || this.#isClosed) {
      this.closed.broken++;
      void this.#close(slot, () => connection.close());
    } else if (backend.weight === 'too heavy' && !this.#replacing) void this.#replace(slot, 'ceiling');
    else this.#keep(slot);
    this.#serve();
  }

  #keep(slot: Slot): void {
    const expire = () => {
      this.closed.idle++;
      void this.#retire(slot);
    };
    slot.expiry = setTimeout(expire, this.#settings.idleTimeout).unref();
    this.#places.idle.set(slot.place, slot);
  }

  /** Replaces a heavy backend while most of the others have nothing to do. */
  #replaceHeavy(): void {
    const { busy, idle } = this.#places;
    if (this.#replacing || this.#waiting.length > 0 || busy.size > idle.size) return;
    for (const slot of idle.values()) {
      if (slot.backend.weight !== 'light') return void this.#replace(slot, 'memory');
    }
  }

  /** The new backend is there before it is asked for. */
  async #replace(slot: Slot, reason: 'memory' | 'ceiling'): Promise<void> {
    this.#replacing = true;
    this.closed[reason]++;
    await this.#retire(slot);
    if (!this.#isClosed && this.#places.isFree(slot.place)) await this.#open(slot.place);
    this.#replacing = false;
    this.#replaceHeavy();
  }

  /** Closes a connection that nobody uses. */
  #retire(slot: Slot): Promise<void> {
    clearTimeout(slot.expiry);
    this.#places.idle.delete(slot.place);
    return this.#close(slot, () => slot.connection.close());
  }

  /** The server's side counts until the socket is closed, so the place is taken until then. */
  #close(slot: Slot, close: () => Promise<void>): Promise<void> {
    const closed = close().finally(() => {
      this.#places.closing.delete(slot.place);
      this.#serve();
    });
    this.#places.closing.set(slot.place, closed);
    return closed;
  }

  async #open(place: number): Promise<void> {
    const { opening } = this.#places;
    opening.add(place);
    try {
      const connection = await PostgresConnection.open(this.#settings);
      opening.delete(place);
      this.#welcome({
        connection,
        place,
        generation: this.#generation,
        takenAt: 0,
        backend: new Backend(this.#settings.backendMemory),
      });
    } catch (error) {
      opening.delete(place);
      this.#settings.logger.warn({ error }, 'No connection to the database could be opened');
      const full = sqlState(error) === TOO_MANY_CONNECTIONS;
      // The server has no room for more: those who wait are served by the connections that exist.
      if (full && this.#places.busy.size > 0) return;
      this.#waiting.rejectFirst(full ? databaseBusy(error) : databaseUnreachable(error));
      this.#serve();
    }
  }

  #welcome(slot: Slot): void {
    if (this.#isClosed) {
      void this.#close(slot, () => slot.connection.close());
      return;
    }
    void slot.connection.ended.then(() => this.#dropped(slot));
    this.#keep(slot);
    this.#serve();
  }

  /** The server ended an idle connection. */
  #dropped(slot: Slot): void {
    if (this.#places.idle.get(slot.place) !== slot) return;
    this.#settings.logger.warn({}, 'An idle connection to the database ended');
    this.closed.broken++;
    void this.#retire(slot);
  }

  #sum(of: (slot: Slot) => number): number {
    return this.#places.slots().reduce((sum, slot) => sum + of(slot), 0);
  }
}
