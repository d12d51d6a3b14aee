import type { ServerResponse } from 'node:http';
import { COMPLETE, type EventReply, eventOf } from '../lifecycle/response.ts';

export interface EventStreamOptions {
  /** Milliseconds between two comments, by which both sides and proxies see that the connection is alive. */
  readonly keepAlive: number;
}

/** Milliseconds that a client has to take what was sent last; then its connection is cut. */
const LINGER = 5_000;
const COMMENT = ':\n\n';

/**
 * Sends a reply's results as server-sent events (GraphQL over SSE), each when the client has taken the one before it: one
 * that does not read makes events wait at their source, where there is a limit.
 *
 * @param ended aborted when there will be no more results, so that nothing waits for a client that does not read
 */
export async function sendEvents(
  res: ServerResponse,
  { status, headers, results }: EventReply,
  { ended, keepAlive }: EventStreamOptions & { readonly ended: AbortSignal | undefined },
): Promise<void> {
  res.writeHead(status, headers);
  // Head and comment leave now: the client learns that it is subscribed.
  res.write(COMMENT);
  const beat = setInterval(() => {
    if (!res.writableNeedDrain) res.write(COMMENT);
  }, keepAlive);
  try {
    for await (const json of results) {
      if (!res.write(eventOf(json))) await drained(res, ended);
    }
    res.end(COMPLETE);
  } finally {
    clearInterval(beat);
    if (!res.closed) cutAfter(res, LINGER);
  }
}

/** Waits until the client has taken what was sent, is gone, or nothing more will come. */
function drained(res: ServerResponse, ended: AbortSignal | undefined): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const go = () => {
    res.off('drain', go).off('close', go);
    ended?.removeEventListener('abort', go);
    resolve();
  };
  res.once('drain', go).once('close', go);
  ended?.addEventListener('abort', go, { once: true });
  if (res.closed || ended?.aborted) go();
  return promise;
}

function cutAfter(res: ServerResponse, milliseconds: number): void {
  const cut = setTimeout(() => res.destroy(), milliseconds).unref();
  res.once('close', () => clearTimeout(cut));
}
