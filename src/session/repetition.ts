import { setTimeout as delay } from 'node:timers/promises';
import type { ExecutionResult } from 'graphql';
import { classify } from '../database/failures.ts';
import { problems } from '../errors/problems.ts';
import { faultsOf } from './outcome.ts';
import type { SessionReport } from './runner.ts';

/** Ends an attempt that left nothing behind, so that it is worth another one. */
export class Repeat extends Error {
  constructor(cause: unknown) {
    super('The operation is to be repeated.', { cause });
  }
}

/** Whether the database refused for another's sake: a serialization failure, a deadlock, a plan from before a migration. */
export function isRepeatable(error: unknown): boolean {
  const kind = classify(error);
  return kind === 'serialization' || kind === 'stale plan';
}

/** @throws Repeat when one of the result's errors is such a refusal */
export function repeatIfRefused(result: ExecutionResult): void {
  const refusal = faultsOf(result).find(isRepeatable);
  if (refusal) throw new Repeat(refusal);
}

export interface RepetitionOptions {
  readonly maxAttempts: number;
  readonly signal: AbortSignal;
  /** Learns the number of attempts. */
  readonly report: SessionReport;
}

/** Milliseconds that the first pause lasts at the most; each later one may last twice as long. */
const FIRST_PAUSE = 20;

/**
 * Attempts something until it ends otherwise than with `Repeat`.
 *
 * @throws Problem `CONFLICT` when the attempts are used up; whatever else an attempt throws
 */
export async function repeated<Result>(
  { maxAttempts, signal, report }: RepetitionOptions,
  attempt: () => Promise<Result>,
): Promise<Result> {
  for (let number = 1; ; number++) {
    report.attempts = number;
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof Repeat)) throw error;
      if (number >= maxAttempts || signal.aborted) {
        const message = 'Others changed the same data again and again; repeat the operation later.';
        throw problems.CONFLICT(message, { cause: error.cause });
      }
      // Full jitter: those who collided once should not meet again.
      await delay(Math.random() * FIRST_PAUSE * 2 ** (number - 1));
    }
  }
}
