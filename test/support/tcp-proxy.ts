import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/**
 * What happens to the message that asks for COMMIT:
 * - `pass`: nothing
 * - `lose the answer`: it reaches the server, and the client's connection breaks
 * - `lose the request`: both connections break before it reaches the server
 * - `hold the request`: the client's connection breaks, the server's stays open in the middle of the transaction
 */
export type CommitFate = 'pass' | 'lose the answer' | 'lose the request' | 'hold the request';

/** A message from the client to the server. */
export interface Sent {
  /** The protocol's type byte: `P` parse, `B` bind, `E` execute, `S` sync, `Q` simple query, … */
  readonly type: string;
  /** The statement's text, of a parse. */
  readonly text?: string;
  /** The text of the named statement that a bind asks for again. */
  readonly again?: string | undefined;
}

/** A proxy in front of PostgreSQL that reads along what clients send, and breaks connections at the worst moment. */
export interface TcpProxy extends AsyncDisposable {
  /** The same address, by way of the proxy. */
  through(url: string): string;
  atCommit: CommitFate;
  /** How many commits meet that fate; later ones pass. At first, all. */
  spoils: number;
  /** What the clients sent after they had logged in. */
  readonly sent: Sent[];
  /** How often something arrived from the clients, after they had logged in. */
  arrivals: number;
  /** How many connections were made. */
  readonly connections: number;
  /** Breaks all connections. */
  breakAll(): void;
  /** Lets nothing through any more, in either direction, while connections stay open. */
  freeze(): void;
}

/** @param url of a server that listens on a socket or on a port */
export async function startTcpProxy(url: string): Promise<TcpProxy> {
  const target = new URL(url);
  const host = decodeURIComponent(target.hostname);
  const port = Number(target.port || 5432);
  const sockets = new Set<Socket>();
  let frozen = false;
  let connections = 0;

  const server = createServer((client) => {
    connections++;
    const upstream = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host);
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(one);
      one.setNoDelay(true);
      one.on('error', () => one.destroy());
      one.on('close', () => {
        sockets.delete(one);
        if (!parted) other.destroy();
      });
    }
    /** Set when the client is gone and the server shall not notice. */
    let parted = false;
    let loggedIn = false;
    const read = messageReader();
    client.on('data', (chunk: Buffer) => {
      if (frozen) return;
      const messages = read(chunk);
      if (loggedIn) {
        proxy.arrivals++;
        proxy.sent.push(...messages);
        const commits = messages.some(({ text, again }) => (text ?? again) === 'commit');
        if (commits && proxy.atCommit !== 'pass' && proxy.spoils > 0) {
          proxy.spoils--;
          parted = proxy.atCommit !== 'lose the request';
          if (proxy.atCommit === 'lose the answer') upstream.write(chunk);
          if (proxy.atCommit === 'lose the request') upstream.destroy();
          client.destroy();
          return;
        }
      }
      upstream.write(chunk);
    });
    upstream.on('data', (chunk: Buffer) => {
      if (frozen) return;
      // Ready for the first query: nothing of the login follows.
      if (!loggedIn && chunk.at(-6) === 0x5a) loggedIn = true;
      if (!parted) client.write(chunk);
      else if (proxy.atCommit === 'lose the answer') upstream.destroy();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port: listening } = server.address() as AddressInfo;

  const proxy: TcpProxy = {
    through(address) {
      const changed = new URL(address);
      changed.hostname = '127.0.0.1';
      changed.port = String(listening);
      return changed.href;
    },
    atCommit: 'pass',
    spoils: Number.POSITIVE_INFINITY,
    sent: [],
    arrivals: 0,
    get connections() {
      return connections;
    },
    breakAll() {
      for (const socket of sockets) socket.destroy();
    },
    freeze() {
      frozen = true;
    },
    async [Symbol.asyncDispose]() {
      this.breakAll();
      server.close();
      await once(server, 'close');
    },
  };
  return proxy;
}

/** Reads the messages of a connection from the chunks that they arrive in. The first one has no type. */
function messageReader(): (chunk: Buffer) => Sent[] {
  const named = new Map<string, string>();
  let rest = Buffer.alloc(0);
  let first = true;
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    const messages: Sent[] = [];
    for (;;) {
      const head = first ? 0 : 1;
      if (rest.length < head + 4) return messages;
      const length = head + rest.readInt32BE(head);
      if (rest.length < length) return messages;
      if (!first) messages.push(messageOf(rest.subarray(0, length), named));
      first = false;
      rest = rest.subarray(length);
    }
  };
}

/** @param named the texts of the connection's named statements, by their names */
function messageOf(bytes: Buffer, named: Map<string, string>): Sent {
  const type = String.fromCharCode(bytes[0] ?? 0);
  // Both begin with two texts that end with a zero: name and text; portal and name.
  if (type !== 'P' && type !== 'B') return { type };
  const middle = bytes.indexOf(0, 5);
  const before = bytes.toString('utf8', 5, middle);
  const after = bytes.toString('utf8', middle + 1, bytes.indexOf(0, middle + 1));
  if (type === 'B') return { type, again: named.get(after) };
  if (before !== '') named.set(before, after);
  return { type, text: after };
}
