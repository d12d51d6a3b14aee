import { connect, createServer, type Socket } from 'node:net';

/** A line to PostgreSQL that can go silent, as when a firewall forgets a connection: no error, no end, no answer. */
export interface BlackHoleProxy extends AsyncDisposable {
  /** The connection string that leads through the proxy. */
  readonly url: string;
  /** Bytes that went through, in both directions. */
  readonly bytes: number;
  /** Connections that were made so far. */
  readonly connections: number;
  /** From now on everything is swallowed, on connections that are open and on new ones. */
  goSilent(): void;
  /** New connections get through again; those that went silent stay so for ever. */
  recover(): void;
}

/** @param url the connection string of the server: a host and a port, or a directory with its socket. */
export async function openBlackHoleProxy(url: string): Promise<BlackHoleProxy> {
  const target = new URL(url);
  const port = Number(target.port || 5432);
  const host = decodeURIComponent(target.hostname);
  const sockets = new Set<Socket>();
  const lines = new Set<{ dead: boolean }>();
  let silent = false;
  let bytes = 0;
  let connections = 0;

  const server = createServer({ allowHalfOpen: true }, (client) => {
    connections++;
    const upstream = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host);
    const line = { dead: silent };
    lines.add(line);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.on('data', (chunk) => {
        if (line.dead) return;
        bytes += chunk.length;
        to.write(chunk);
      });
      from.on('end', () => {
        if (!line.dead) to.end();
      });
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        // Whoever gave up has closed its end; the server's end would otherwise outlive the test.
        if (from === client) to.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (!address || typeof address === 'string') throw new Error('The proxy has no port.');
  const through = new URL(url);
  through.hostname = '127.0.0.1';
  through.port = String(address.port);

  return {
    url: through.href,
    get bytes() {
      return bytes;
    },
    get connections() {
      return connections;
    },
    goSilent() {
      silent = true;
      for (const line of lines) line.dead = true;
    },
    recover() {
      silent = false;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
