import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { problems } from '../errors/problems.ts';

/**
 * Reads a request's body whole. What comes after the limit is received and dropped, so that the client, which is
 * still sending, gets to read why it was refused; the server's request timeout bounds that.
 *
 * @param limit in bytes
 * @throws Problem `PAYLOAD_TOO_LARGE`, `BAD_REQUEST` when it isn't UTF-8, `CLIENT_CLOSED_REQUEST`
 */
export function readBody(req: IncomingMessage, limit: number): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const chunks: Buffer[] = [];
  let size = 0;

  const onData = (chunk: Buffer) => {
    size += chunk.length;
    if (size <= limit) {
      chunks.push(chunk);
      return;
    }
    stop();
    req.resume();
    reject(tooLarge(limit));
  };
  const onEnd = () => {
    stop();
    const bytes = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, size);
    if (isUtf8(bytes)) resolve(withoutMark(bytes.toString('utf8')));
    else reject(problems.BAD_REQUEST('The body is not UTF-8.'));
  };
  const onGone = (cause?: Error) => {
    stop();
    reject(problems.CLIENT_CLOSED_REQUEST('The client went away.', { cause }));
  };
  // Every request closes in the end; what it means here is settled by then.
  const stop = () => req.off('data', onData).off('end', onEnd).off('close', onGone);

  if (req.destroyed && !req.complete) onGone();
  else req.on('data', onData).on('end', onEnd).on('close', onGone).once('error', onGone);
  return promise;
}

export function tooLarge(limit: number) {
  return problems.PAYLOAD_TOO_LARGE(`The body is larger than ${limit} bytes.`);
}

/** A byte order mark says nothing in UTF-8; some clients send it all the same. */
function withoutMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}
