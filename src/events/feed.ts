import { setTimeout as delay } from 'node:timers/promises';
import type { Problem } from '../errors/define.ts';
import { problems } from '../errors/problems.ts';
import type { EventSource, Subscriber } from '../session/topics.ts';
import type { Logger } from '../telemetry/logger.ts';
import { DirectoryConnections } from '../tenancy/catalog/connections.ts';
import { EventQueue } from './queue.ts';
import { look, type PublishedEvent, wentBack } from './reads.ts';

export interface EventFeedOptions {
  /** Connection string of the directory login. */
  readonly url: string;
  /** Milliseconds between two looks while there are subscribers. @default 150 */
  readonly every?: number;
  /** Events that wait for a subscriber at the most. @default 100 */
  readonly queue?: number;
  /** Milliseconds without an answer after which subscribers are sent away; events are kept longer. @default 60_000 */
  readonly patience?: number;
  /** Milliseconds that the database may take to answer. @default 1_000 */
  readonly timeout?: number;
  readonly logger: Logger;
}

interface Listener {
  readonly subscriber: Subscriber;
  readonly queue: EventQueue;
}

/** The events of all tenants, read from the database for whoever subscribes at this gateway. */
export interface EventFeed extends EventSource, AsyncDisposable {}

/**
 * Opens the feed. While nobody subscribes it asks the database nothing; when it is closed all subscriptions complete.
 */
export function openEventFeed(options: EventFeedOptions): EventFeed {
  const { url, every = 150, queue: limit = 100, patience = 60_000, timeout = 1_000, logger } = options;
  const connections = new DirectoryConnections({ url, maxConnections: 1, timeout, logger });
  const listeners = new Map<string, Set<Listener>>();
  const stop = new AbortController();
  let snapshot: string | undefined;
  let answeredAt = performance.now();
  let failing = false;
  /** Settles with the next look that has not begun yet. */
  let next = upcoming();
  let wake = new AbortController();

  async function keepLooking(): Promise<void> {
    while (!stop.signal.aborted) {
      if (listeners.size === 0) {
        snapshot = undefined;
        wake = new AbortController();
        await aborted(wake.signal);
      } else {
        await lookOnce();
        // Ends early when somebody subscribes.
        await delay(every, undefined, { ref: false, signal: wake.signal }).catch(() => undefined);
      }
    }
  }

  async function lookOnce(): Promise<void> {
    wake = new AbortController();
    const waiting = next;
    next = upcoming();
    try {
      const seen = await look(connections, snapshot, listeners.keys());
      if (snapshot !== undefined && wentBack(snapshot, seen.snapshot)) endAll(interrupted());
      snapshot = seen.snapshot;
      answeredAt = performance.now();
      if (failing) logger.info('events can be read again');
      failing = false;
      seen.events.forEach(hand);
      waiting.resolve();
    } catch (error) {
      waiting.reject(error);
      if (!failing) logger.warn({ err: error }, 'events can not be read');
      if (!failing) answeredAt = performance.now();
      failing = true;
      connections.renew();
      if (performance.now() - answeredAt > patience) endAll(interrupted());
    }
  }

  function hand({ tenant, topic, payload }: PublishedEvent): void {
    for (const { subscriber, queue } of listeners.get(tenant) ?? []) {
      if (subscriber.topic !== topic || queue.push(payload)) continue;
      subscriber.end(
        problems.SUBSCRIBER_TOO_SLOW(`More than ${limit} events waited for you; subscribe again.`),
      );
    }
  }

  function endAll(problem?: Problem): void {
    for (const { subscriber } of [...listeners.values()].flatMap((some) => [...some]))
      subscriber.end(problem);
  }

  function add(listener: Listener): void {
    const { tenant, signal } = listener.subscriber;
    const neighbours = listeners.get(tenant) ?? new Set();
    listeners.set(tenant, neighbours.add(listener));
    const leave = () => {
      listener.queue.close();
      neighbours.delete(listener);
      if (neighbours.size === 0 && listeners.get(tenant) === neighbours) listeners.delete(tenant);
    };
    signal.addEventListener('abort', leave, { once: true });
    if (signal.aborted) leave();
  }

  const finished = keepLooking();
  return {
    async subscribe(subscriber) {
      if (stop.signal.aborted) {
        throw problems.SHUTTING_DOWN('This gateway stops; subscribe again.', {
          headers: { 'retry-after': '1' },
        });
      }
      const queue = new EventQueue(limit);
      add({ subscriber, queue });
      // Not the look that may be under way: it does not know of this tenant.
      const { promise } = next;
      wake.abort();
      await promise;
      return queue;
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      endAll();
      wake.abort();
      await finished;
      await connections[Symbol.asyncDispose]();
    },
  };
}

function interrupted() {
  return problems.DATABASE_UNAVAILABLE('Events were interrupted; subscribe again, and load what was missed.');
}

/** A promise for which nobody has to wait. */
function upcoming() {
  const upcoming = Promise.withResolvers<void>();
  upcoming.promise.catch(() => undefined);
  return upcoming;
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}
