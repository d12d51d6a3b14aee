import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What went to the database. */
export interface Trips {
  readonly statements: number;
  /** Writes that waited for an answer, or were sent after one: each costs the way there and back. */
  readonly roundTrips: number;
}

export interface CountingProxy extends AsyncDisposable {
  /** The address with the proxy's socket in place of the server's. */
  through(url: string): string;
  /** Since the last call. */
  take(): Trips;
}

const MESSAGE_LENGTH = 4;
const EXECUTE = 'E'.charCodeAt(0);
const QUERY = 'Q'.charCodeAt(0);

/** Stands between servers and PostgreSQL's socket, and counts. Never while anything is timed. */
export async function startCountingProxy(databaseUrl: string): Promise<CountingProxy> {
  const { hostname, port } = new URL(databaseUrl);
  const target = join(decodeURIComponent(hostname), `.s.PGSQL.${port}`);
  const directory = mkdtempSync(join(tmpdir(), 'insula-bench-'));
  let [statements, roundTrips] = [0, 0];
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(target);
    const count = statementCounter();
    let answered = true;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
    }
    client.on('data', (chunk: Buffer) => {
      statements += count(chunk);
      if (answered) roundTrips++;
      answered = false;
    });
    upstream.on('data', () => {
      answered = true;
    });
    client.pipe(upstream).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(join(directory, `.s.PGSQL.${port}`), resolve));
  return {
    through(url) {
      const address = new URL(url);
      return address.href.replace(address.host, `${encodeURIComponent(directory)}:${port}`);
    },
    take() {
      const taken = { statements, roundTrips };
      [statements, roundTrips] = [0, 0];
      return taken;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Counts what is executed in the messages of one connection, which don't end where chunks do. */
function statementCounter(): (chunk: Buffer) => number {
  let rest = Buffer.alloc(0);
  let started = false;
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    let count = 0;
    for (;;) {
      // The first message has no type.
      const head = started ? 1 : 0;
      if (rest.length < head + MESSAGE_LENGTH) return count;
      const end = head + rest.readUInt32BE(head);
      if (rest.length < end) return count;
      if (started && (rest[0] === EXECUTE || rest[0] === QUERY)) count++;
      started = true;
      rest = rest.subarray(end);
    }
  };
}
