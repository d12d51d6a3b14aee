import type { Logger } from '../telemetry/logger.ts';

/**
 * Logs a rejection that nobody handles, instead of letting Node end the process: it is most likely a promise that a
 * resolver did not wait for, whose operation is over, and no reason to cut off every tenant's requests.
 */
export function logUnhandledRejections(logger: Pick<Logger, 'error'>): Disposable {
  const log = (reason: unknown) =>
    logger.error({ err: reason }, 'a promise was rejected that nobody waits for');
  process.on('unhandledRejection', log);
  return { [Symbol.dispose]: () => void process.off('unhandledRejection', log) };
}
