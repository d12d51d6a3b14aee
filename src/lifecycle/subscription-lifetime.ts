import type { Problem } from '../errors/define.ts';
import { problems } from '../errors/problems.ts';
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

  /** Has resources disposed of when it is over, however it ends. */
  keep(resources: Disposable): void {
    const dispose = () => resources[Symbol.dispose]();
    if (this.signal.aborted) dispose();
    else this.signal.addEventListener('abort', dispose, { once: true });
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
