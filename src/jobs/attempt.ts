import { SpanKind } from '@opentelemetry/api';
import { Problem } from '../errors/define.ts';
import type { SessionReport } from '../session/runner.ts';
import type { JobMetrics, JobOutcome } from '../telemetry/job-metrics.ts';
import type { Logger } from '../telemetry/logger.ts';
import { errorType, fail, inRootSpan } from '../telemetry/spans.ts';
import type { Perform } from './perform.ts';
import type { Queue, TakenJob } from './queue.ts';

export interface AttemptOptions {
  readonly queue: Pick<Queue, 'remove' | 'fail' | 'putBack' | 'isActive'>;
  readonly perform: Perform;
  readonly maxAttempts: number;
  /** Milliseconds that one attempt may take. */
  readonly timeout: number;
  /** Milliseconds of the first pause; each later one is twice as long. @default 1_000 */
  readonly firstPause?: number;
  readonly metrics: Pick<JobMetrics, 'attempt'>;
  readonly logger: Logger;
}

/** An hour. */
const LONGEST_PAUSE = 3_600_000;
/** Characters of what an error says that are kept beside the job. */
const LONGEST_REASON = 300;

interface Ending {
  readonly outcome: JobOutcome;
  readonly error?: unknown;
}

/**
 * Runs one attempt at a taken job and writes down how it ended: removed, due again after a pause, dead, or put back
 * because its tenant was suspended meanwhile. One line in the log for each, without the payload.
 *
 * @throws when the queue can't be told; then the job is due again when its lease ends, and its effects are not repeated
 */
export function createAttempt(options: AttemptOptions) {
  const { queue, perform, maxAttempts, timeout, firstPause = 1_000, metrics, logger } = options;

  return async (taken: TakenJob, stopping: AbortSignal): Promise<void> => {
    const startedAt = performance.now();
    const report: SessionReport = { statements: 0, databaseTime: 0, attempts: 0, replayed: false };
    const ending = await traced(taken, () => attempt(taken, stopping, report));
    const duration = performance.now() - startedAt;
    metrics.attempt(taken.job, ending.outcome, duration);
    log(taken, ending, report, duration);
    await tell(taken, ending);
  };

  async function attempt(taken: TakenJob, stopping: AbortSignal, report: SessionReport): Promise<Ending> {
    // Each of its attempts ended with the worker; the next one might too.
    if (taken.attempt > maxAttempts) return { outcome: 'dead', error: new Error('Its workers died.') };
    try {
      await perform(taken, AbortSignal.any([stopping, AbortSignal.timeout(timeout)]), report);
      return { outcome: 'done' };
    } catch (error) {
      if (stopping.aborted || !(await queue.isActive(taken.tenant.id))) return { outcome: 'put back' };
      return { outcome: taken.attempt < maxAttempts ? 'retry' : 'dead', error };
    }
  }

  function tell(taken: TakenJob, { outcome, error }: Ending): Promise<void> {
    switch (outcome) {
      case 'done':
        return queue.remove(taken);
      case 'put back':
        return queue.putBack(taken);
      case 'retry':
        return queue.fail(taken, reasonOf(error), pauseAfter(taken.attempt, firstPause));
      case 'dead':
        return queue.fail(taken, reasonOf(error), 'dead');
    }
  }

  function log({ id, job, attempt, tenant }: TakenJob, ending: Ending, report: SessionReport, took: number) {
    const { outcome, error } = ending;
    const line = {
      requestId: `job-${id}`,
      tenant: tenant.slug,
      actor: `job:${job}`,
      job,
      attempt,
      outcome,
      duration: round(took),
      databaseTime: round(report.databaseTime),
      statements: report.statements,
      ...(error instanceof Problem && { code: error.code, reason: error.message }),
      // Nobody foresaw it: it is logged whole.
      ...(error !== undefined && !(error instanceof Problem) && { err: error }),
    };
    if (outcome === 'dead') logger.error(line, 'job');
    else if (outcome === 'retry') logger.warn(line, 'job');
    else logger.info(line, 'job');
  }
}

/** Each attempt is a trace of its own: the operation that wrote the job down was answered long ago. */
function traced({ id, job, attempt, tenant }: TakenJob, run: () => Promise<Ending>): Promise<Ending> {
  const attributes = {
    'insula.request_id': `job-${id}`,
    'insula.tenant': tenant.slug,
    'insula.job.name': job,
    'insula.job.attempt': attempt,
  };
  return inRootSpan(`job ${job}`, { kind: SpanKind.CONSUMER, attributes }, async (span) => {
    const ending = await run();
    span.setAttribute('insula.job.outcome', ending.outcome);
    if (ending.error !== undefined) fail(span, errorType(ending.error));
    return ending;
  });
}

/** Half of the pause is left to chance: jobs that failed together should not come back together. */
export function pauseAfter(attempt: number, firstPause: number, chance = Math.random()): number {
  const pause = Math.min(firstPause * 2 ** (attempt - 1), LONGEST_PAUSE);
  return pause * (0.5 + chance / 2);
}

function reasonOf(error: unknown): string {
  const text = error instanceof Problem ? `${error.code}: ${error.message}` : String(error);
  return text.slice(0, LONGEST_REASON);
}

/** Milliseconds with three digits. */
function round(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}
