/** Milliseconds. Signals that come closer together than this are one: npm passes on what the terminal has sent already. */
const ECHO = 1_000;

export interface ShutdownOptions {
  /**
   * Also stop when the terminal is closed.
   *
   * @default false
   */
  readonly withTerminal?: boolean;
  /**
   * Also stop when the parent has gone: npm passes SIGTERM to a shell, which dies of it and tells nobody.
   *
   * @default false
   */
  readonly withParent?: boolean;
  /**
   * The parent's process id, for those who know it: it may have gone before this process looks.
   *
   * @default process.ppid
   */
  readonly parent?: number;
}

/**
 * Waits for the order to stop: SIGINT or SIGTERM. After it a second one, from somebody who won't wait, ends the process
 * at once.
 */
export function untilToldToStop(options: ShutdownOptions = {}): Promise<void> {
  const { withTerminal = false, withParent = false, parent = process.ppid } = options;
  const { promise, resolve } = Promise.withResolvers<void>();
  let toldAt: number | undefined;
  const stop = () => {
    const now = performance.now();
    if (toldAt !== undefined && now - toldAt > ECHO) process.exit(1);
    toldAt ??= now;
    resolve();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  if (withTerminal) {
    process.on('SIGHUP', stop);
    // What is still written then fails.
    for (const stream of [process.stdout, process.stderr]) stream.on('error', () => resolve());
  }
  if (withParent) {
    // It must not keep a process alive that has nothing else to do, such as one that could not start.
    const watch = setInterval(() => process.ppid !== parent && resolve(), 250).unref();
    void promise.then(() => clearInterval(watch));
  }
  return promise;
}
