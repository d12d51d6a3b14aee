import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../telemetry/logger.ts';
import type { Queue, TakenJob } from './queue.ts';

export interface WorkerOptions {
  readonly queue: Pick<Queue, 'take' | 'renew'>;
  /** Runs one attempt at a job and tells the queue how it ended. */
  readonly attempt: (taken: TakenJob, stopping: AbortSignal) => Promise<void>;
  /** How many jobs run at a time. */
  readonly concurrency: number;
  /** Milliseconds between two looks when nothing is due. */
  readonly pollEvery: number;
  /** Milliseconds for which a job is taken; while it runs the lease is renewed three times as often. */
  readonly lease: number;
  /** Milliseconds that running jobs get to end when the worker stops. @default 10_000 */
  readonly drainTimeout?: number;
  readonly logger: Logger;
}

/** Milliseconds after a look that failed. */
const PAUSE_AFTER_FAILURE = 1_000;

/**
 * Takes jobs and runs them until it is disposed of: then it takes no more and lets running ones end; what takes too long
 * is aborted and goes back.
 */
export function startWorker(options: WorkerOptions): AsyncDisposable {
  const { queue, attempt, concurrency, pollEvery, lease, drainTimeout = 10_000, logger } = options;
  const running = new Map<TakenJob, Promise<void>>();
  const stopTaking = new AbortController();
  const stopRunning = new AbortController();
  let failing = false;

  async function takeAndRun(): Promise<void> {
    while (!stopTaking.signal.aborted) {
      const free = concurrency - running.size;
      const taken = free > 0 ? await take(free) : [];
      for (const job of taken) running.set(job, run(job));
      // A full house waits for the first to leave, a house with room for work.
      if (running.size >= concurrency) await Promise.race([...running.values(), pause(pollEvery)]);
      else if (taken.length < free) await pause(failing ? PAUSE_AFTER_FAILURE : pollEvery);
    }
  }

  async function take(most: number): Promise<TakenJob[]> {
    try {
      const taken = await queue.take(most);
      if (failing) logger.info('the queue answers again');
      failing = false;
      return taken;
    } catch (error) {
      if (!failing) logger.warn({ err: error }, 'the queue does not answer');
      failing = true;
      return [];
    }
  }

  async function run(job: TakenJob): Promise<void> {
    try {
      await attempt(job, stopRunning.signal);
    } catch (error) {
      const { id, attempt: number } = job;
      logger.warn(
        { requestId: `job-${id}`, job: job.job, attempt: number, err: error },
        'the queue was not told',
      );
    } finally {
      running.delete(job);
    }
  }

  function pause(milliseconds: number): Promise<void> {
    return delay(milliseconds, undefined, { signal: stopTaking.signal }).catch(() => undefined);
  }

  const renewal = setInterval(() => {
    if (running.size === 0) return;
    // Should it fail until the lease ends, another worker runs the job too, and one of the two has its effects.
    queue.renew([...running.keys()]).catch((error: unknown) => {
      logger.warn({ err: error }, 'the leases were not renewed');
    });
  }, lease / 3);

  const finished = takeAndRun();
  return {
    async [Symbol.asyncDispose]() {
      stopTaking.abort();
      await finished;
      const timer = setTimeout(() => stopRunning.abort(new Error('The worker stops.')), drainTimeout);
      await Promise.all(running.values());
      clearTimeout(timer);
      clearInterval(renewal);
    },
  };
}
