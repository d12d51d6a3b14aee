import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Problem } from '../errors/define.ts';
import { show } from '../errors/masking.ts';
import { problems } from '../errors/problems.ts';

/** Answers what no phase answered; a reply that has begun can only be cut. */
export function sendFailure(res: ServerResponse, error: unknown): void {
  if (res.headersSent) {
    res.destroy();
    return;
  }
  const { status, formatted } = show(error);
  const body = JSON.stringify({ errors: [formatted] });
  res.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  });
  res.end(body);
}

/**
 * Answers bytes that are no HTTP request, or not in time: there is no request and no response yet, only the socket.
 * For the events `clientError` of a server.
 */
export function refuseSocket(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const { status, message, code } = problemOf(error);
  const body = JSON.stringify({ errors: [{ message, extensions: { code } }] });
  socket.end(
    [
      `HTTP/1.1 ${status} Refused`,
      'connection: close',
      'content-type: application/json; charset=utf-8',
      `content-length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n'),
  );
}

function problemOf({ code }: NodeJS.ErrnoException): Problem {
  if (code === 'HPE_HEADER_OVERFLOW') return problems.HEADERS_TOO_LARGE('The headers are too large.');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return problems.REQUEST_TIMEOUT('The request took too long to arrive.');
  return problems.BAD_REQUEST('This is not HTTP.');
}
