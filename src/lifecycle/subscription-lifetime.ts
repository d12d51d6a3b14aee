import type { Problem } from '../errors/define.ts';
import { problems } from '../errors/problems.ts';
import type { Access, Catalog } from '../tenancy/catalog/catalog.ts';
import type { Exchange } from './exchange.ts';

/** A subscription ends as if by itself: its client is told that it is complete, and may subscribe again. */
export class Completed extends Error {
  override readonly name = 'Completed';
}

/** The longest timer that Node knows, in milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** How long a subscription goes on: until its client leaves, its token expires, or somebody ends it. */
export class Lifetime implements Disposable {
  readonly #controller = new AbortController();
  readonly #exchange: Exchange;
  readonly #expiry: NodeJS.Timeout;
  readonly #leave = () => this.#controller.abort(this.#exchange.signal.reason);

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
    exchange.signal.addEventListener('abort', this.#leave, { once: true });
    if (exchange.signal.aborted) this.#leave();
    const expired = () =>
      this.end(problems.UNAUTHENTICATED('Your token has expired; subscribe again with a new one.'));
    const remaining = Math.max(0, exchange.expiresAt - Date.now());
    this.#expiry = setTimeout(expired, Math.min(remaining, LONGEST_TIMER)).unref();
  }

  /** Aborted when it is over. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Ends it; the first reason counts. @param problem what the client is told. @default that it is complete */
  end(problem?: Problem): void {
    this.#controller.abort(problem ?? new Completed());
  }

  /** Runs work that ends with the lifetime, or when its own time is over. @param milliseconds of the work alone */
  async within<Result>(
    milliseconds: number,
    work: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    const own = new AbortController();
    const abort = () => own.abort(this.signal.reason);
    const late = setTimeout(() => {
      own.abort(problems.STATEMENT_TIMEOUT(`An event took longer than ${milliseconds} ms.`));
    }, milliseconds);
    this.signal.addEventListener('abort', abort, { once: true });
    if (this.signal.aborted) abort();
    try {
      return await work(own.signal);
    } finally {
      clearTimeout(late);
      this.signal.removeEventListener('abort', abort);
    }
  }

  /** What waits for the end ends now. */
  [Symbol.dispose](): void {
    this.end();
    clearTimeout(this.#expiry);
    this.#exchange.signal.removeEventListener('abort', this.#leave);
  }
}

/** What is asked about callers whose subscriptions are open. */
export type Watched = Pick<Catalog, 'generation' | 'stillHolds'>;

interface Guest {
  readonly access: Access;
  readonly lifetime: Lifetime;
}

/** Milliseconds between two looks whether the catalog has changed. */
const LOOK_EVERY = 200;

/**
 * Ends subscriptions whose tenant was suspended or whose member's roles were changed, within a second and without
 * waiting for an event. As long as the catalog's generation is the same, nobody's access can have changed.
 *
 * @returns a function that watches one subscription, until what it returns is disposed of
 */
export function watchAccess(catalog: Watched): (guest: Guest) => Disposable {
  const guests = new Set<Guest>();
  let timer: NodeJS.Timeout | undefined;
  let looked = catalog.generation;

  const look = () => {
    if (catalog.generation === looked) return;
    looked = catalog.generation;
    for (const guest of guests) void examine(guest);
  };

  async function examine({ access, lifetime }: Guest): Promise<void> {
    // No answer is no reason to end it: each event asks again, and is not delivered without one.
    const holds = await catalog.stillHolds(access).catch(() => true);
    if (!holds) lifetime.end(accessChanged());
  }

  return (guest) => {
    timer ??= setInterval(look, LOOK_EVERY).unref();
    guests.add(guest);
    return {
      [Symbol.dispose]() {
        guests.delete(guest);
        if (guests.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      },
    };
  };
}

export function accessChanged(): Problem {
  return problems.FORBIDDEN('Your membership or the tenant changed meanwhile; subscribe again.');
}
