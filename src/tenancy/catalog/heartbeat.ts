import type { Logger } from '../../telemetry/logger.ts';

export interface HeartbeatOptions {
  /** Milliseconds between two beats. */
  readonly every: number;
  readonly beat: () => Promise<void>;
  readonly onFailure: () => void;
  readonly logger: Logger;
}

/** Reads the generation again and again, one beat at a time, and says in the log when that stops and resumes. */
export function startHeartbeat({ every, beat, onFailure, logger }: HeartbeatOptions): Disposable {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let failing = false;

  async function tick(): Promise<void> {
    const startedAt = performance.now();
    try {
      await beat();
      if (failing) logger.info('the catalog answers again');
      failing = false;
    } catch (error) {
      if (stopped) return;
      if (!failing) logger.warn({ err: error }, 'the catalog does not answer');
      failing = true;
      onFailure();
    }
    schedule(Math.max(0, every - (performance.now() - startedAt)));
  }

  function schedule(milliseconds: number): void {
    if (stopped) return;
    timer = setTimeout(() => void tick(), milliseconds);
    timer.unref();
  }

  schedule(every);
  return {
    [Symbol.dispose]() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
