import type { Schedule } from '../session/jobs.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Queue } from './queue.ts';

export interface SchedulerOptions {
  readonly queue: Pick<Queue, 'enqueueDaily'>;
  readonly schedules: readonly Schedule[];
  /** Milliseconds between two looks. @default 30_000 */
  readonly every?: number;
  /** @default () => new Date() */
  readonly clock?: () => Date;
  readonly logger: Logger;
}

/** Writes daily jobs down when their time has come. Each worker does; the database lets one through. */
export function startScheduler(options: SchedulerOptions): AsyncDisposable {
  const { queue, schedules, every = 30_000, clock = () => new Date(), logger } = options;
  let look = enqueueDue();
  const timer = setInterval(() => {
    look = look.then(enqueueDue);
  }, every);

  async function enqueueDue(): Promise<void> {
    for (const { job, at } of schedules) {
      const [day = '', time = ''] = clock().toISOString().split('T');
      if (time < at) continue;
      try {
        const tenants = await queue.enqueueDaily(job.name, day);
        if (tenants > 0) logger.info({ job: job.name, day, tenants }, 'daily job');
      } catch (error) {
        logger.warn(
          { err: error, job: job.name },
          'the daily job was not written down; it will be tried again',
        );
      }
    }
  }

  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await look;
    },
  };
}
