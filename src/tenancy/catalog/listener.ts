import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { Logger } from '../../telemetry/logger.ts';
import { directoryClient } from './connections.ts';
import { TrackedSockets } from './tracked-sockets.ts';

export interface ListenerOptions {
  /** Connection string of a direct connection: a pooler in transaction mode can't LISTEN. */
  readonly url: string;
  /** Called with each generation that the database announces. */
  readonly onGeneration: (generation: bigint) => void;
  /** Called when a connection listens: what was announced before it did is lost. */
  readonly onConnect: () => void;
  /** Milliseconds between two looks whether the connection is still alive: a silent cut shows nowhere else. */
  readonly probeEvery: number;
  /** Milliseconds that the database may take to answer. */
  readonly timeout: number;
  readonly logger: Logger;
}

export interface CatalogListener extends AsyncDisposable {
  /** Settles with the first attempt to connect, whether it succeeds or not. */
  readonly attempted: Promise<void>;
}

const CHANNEL = 'insula_catalog';
/** Milliseconds: between these, doubled with each failure in a row. */
const RETRY = { first: 100, longest: 5_000 };

/** Listens to the catalog's changes on a connection of its own, and connects anew whenever that is lost. */
export function listenToCatalog(options: ListenerOptions): CatalogListener {
  const { url, onGeneration, onConnect, probeEvery, timeout, logger } = options;
  const stop = new AbortController();
  const first = Promise.withResolvers<void>();

  async function keepListening(): Promise<void> {
    for (let failures = 0; !stop.signal.aborted; failures++) {
      try {
        await listenOnce(() => {
          failures = 0;
          onConnect();
          first.resolve();
        });
      } catch (error) {
        if (!stop.signal.aborted)
          logger.warn({ err: error }, 'the connection that listens to the catalog is lost');
      }
      first.resolve();
      const backoff = Math.min(RETRY.first * 2 ** failures, RETRY.longest);
      await pause(backoff * (0.5 + Math.random() / 2));
    }
  }

  /** Ends only by an error, or by `stop`. */
  async function listenOnce(onListening: () => void): Promise<void> {
    const sockets = new TrackedSockets();
    const client = new pg.Client(directoryClient(url, timeout, sockets));
    const lost = Promise.withResolvers<never>();
    lost.promise.catch(() => undefined);
    client.on('error', lost.reject);
    client.on('end', () => lost.reject(new Error('The database closed the connection.')));
    client.on('notification', ({ payload = '' }) => {
      if (/^\d+$/.test(payload)) onGeneration(BigInt(payload));
    });
    try {
      await client.connect();
      await client.query(`listen ${CHANNEL}`);
      onListening();
      while (!stop.signal.aborted) {
        await Promise.race([pause(probeEvery), lost.promise]);
        if (!stop.signal.aborted) await client.query('select 1');
      }
    } finally {
      await sockets.closeWithin(timeout, client.end());
    }
  }

  /** Ends early, without an error, when the listener is stopped. */
  function pause(milliseconds: number): Promise<void> {
    return delay(milliseconds, undefined, { ref: false, signal: stop.signal }).catch(() => undefined);
  }

  const finished = keepListening();
  return {
    attempted: first.promise,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await finished;
    },
  };
}
