/** Signals that come closer together than this are one: npm passes on what the terminal has sent already. */
const ECHO = 1_000;

/**
 * Waits for the order to stop. After it a second one, from somebody who won't wait, ends the process at once.
 *
 * @returns the signal
 */
export function untilToldToStop(): Promise<NodeJS.Signals> {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>();
  let toldAt: number | undefined;
  const stop = (signal: NodeJS.Signals) => {
    const now = performance.now();
    if (toldAt !== undefined && now - toldAt > ECHO) process.exit(1);
    toldAt ??= now;
    resolve(signal);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return promise;
}
