/** Ends the wait for some work when the signal aborts; a resolver that touches no data would run on. @throws its reason */
export async function untilAborted<Result>(
  signal: AbortSignal,
  work: () => Promise<Result> | Result,
): Promise<Result> {
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work(), promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
