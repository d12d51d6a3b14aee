import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

export interface RawReply {
  readonly status: number;
  /** Names in lower case; a repeated header's values joined by commas. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What to do on the socket: send bytes, wait some milliseconds, or leave without a word. */
export type RawStep = string | Buffer | number | 'destroy';

export interface RawOptions {
  /** How many replies to wait for; interim ones (100) don't count. @default 1 */
  readonly replies?: number;
  /** Milliseconds after which what came so far is returned. @default 3_000 */
  readonly timeout?: number;
}

/**
 * Speaks HTTP/1.1 on a socket of its own, for requests that no client sends: wrong framing, slow bodies, clients that
 * go away. Returns the replies that came until the connection closed, all were there, or time was up.
 */
export async function sendRaw(
  port: number,
  steps: readonly RawStep[],
  options: RawOptions = {},
): Promise<RawReply[]> {
  const { replies = 1, timeout = 3_000 } = options;
  const socket = connect(port, '127.0.0.1');
  const { promise, resolve } = Promise.withResolvers<void>();
  let received = Buffer.alloc(0);
  const parsed = () => parseReplies(received).filter(({ status }) => status !== 100);
  socket.on('data', (bytes) => {
    received = Buffer.concat([received, bytes]);
    if (parsed().length >= replies) resolve();
  });
  // A server that refuses early may reset the connection while we still send: what it said before counts.
  socket.on('error', () => resolve());
  socket.on('close', () => resolve());
  const timer = setTimeout(resolve, timeout);
  for (const step of steps) {
    if (typeof step === 'number') await delay(step);
    else if (step === 'destroy') socket.destroy();
    else if (socket.writable) socket.write(step);
  }
  await promise;
  clearTimeout(timer);
  socket.destroy();
  return parsed();
}

/** A request as bytes. Content-length is added where there is a body and no framing was given. */
export function rawRequest(
  head: string,
  headers: Readonly<Record<string, string>>,
  body: string | Buffer = '',
): Buffer {
  const all = { host: 'localhost', ...headers };
  const framed =
    body.length === 0 || 'content-length' in all || 'transfer-encoding' in all
      ? all
      : { ...all, 'content-length': String(Buffer.byteLength(body)) };
  const lines = Object.entries(framed).map(([name, value]) => `${name}: ${value}`);
  return Buffer.concat([Buffer.from([`${head} HTTP/1.1`, ...lines, '', ''].join('\r\n')), Buffer.from(body)]);
}

/** A body in chunks, with its end. */
export function chunked(...chunks: readonly string[]): string {
  return `${chunks.map((chunk) => `${Buffer.byteLength(chunk).toString(16)}\r\n${chunk}\r\n`).join('')}0\r\n\r\n`;
}

function parseReplies(bytes: Buffer): RawReply[] {
  const replies: RawReply[] = [];
  let rest = bytes;
  for (let next = parseReply(rest); next; next = parseReply(rest)) {
    replies.push(next.reply);
    rest = rest.subarray(next.length);
  }
  return replies;
}

function parseReply(bytes: Buffer): { reply: RawReply; length: number } | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [statusLine = '', ...lines] = bytes.subarray(0, end).toString().split('\r\n');
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const at = line.indexOf(':');
    const name = line.slice(0, at).toLowerCase();
    const value = line.slice(at + 1).trim();
    headers[name] = name in headers ? `${headers[name]}, ${value}` : value;
  }
  const status = Number(statusLine.split(' ')[1]);
  const start = end + 4;
  const length =
    headers['transfer-encoding'] === 'chunked' ? undefined : Number(headers['content-length'] ?? 0);
  if (length === undefined)
    throw new Error('The gateway sends no chunks; teach this parser if it begins to.');
  if (bytes.length < start + length) return undefined;
  return {
    reply: { status, headers, body: bytes.subarray(start, start + length).toString() },
    length: start + length,
  };
}
