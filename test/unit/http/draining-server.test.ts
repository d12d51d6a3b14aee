import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { DrainingServer, PortTaken } from '../../../src/http/draining-server.ts';

/** Answers after as many milliseconds as the path says: `/50`. */
async function startServer(options: { drainNotice?: number; grace?: number; drainTimeout?: number } = {}) {
  const accepted: string[] = [];
  const server = new DrainingServer({
    port: 0,
    host: '127.0.0.1',
    ...options,
    listener: async (req, res) => {
      accepted.push(req.url ?? '');
      await delay(Number(req.url?.split('/')[1]));
      res.end('done');
    },
  });
  return { server, accepted, port: await server.listen() };
}

async function read(sent: ClientRequest) {
  const [response]: IncomingMessage[] = await once(sent, 'response');
  if (!response) throw new Error('There was no response.');
  const chunks: Buffer[] = await response.toArray();
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks).toString() };
}

const ask = (port: number, path: string, agent?: Agent) =>
  read(request({ port, host: '127.0.0.1', path, agent }).end());

/** The clients' ports of the connections that a server of this process accepts. */
function acceptedPorts(): ReadonlySet<number> {
  const ports = new Set<number>();
  const note = (message: unknown) => {
    const { socket } = message as { socket: Socket };
    if (socket.remotePort !== undefined) ports.add(socket.remotePort);
  };
  subscribe('net.server.socket', note);
  onTestFinished(() => void unsubscribe('net.server.socket', note));
  return ports;
}

/** Tells the port that a request was sent from, also when its socket has gone. */
function localPortOf(sent: ClientRequest): () => number | undefined {
  let port: number | undefined;
  sent.once('socket', (socket) => {
    port = socket.localPort;
    if (!socket.connecting) return;
    socket.once('connect', () => {
      port = socket.localPort;
    });
  });
  return () => port;
}

describe('stopping', () => {
  test('[RD] what runs is finished, and ends its connection', async () => {
    const { server, port } = await startServer();
    const agent = new Agent({ keepAlive: true });
    const running = ask(port, '/150', agent);
    await delay(50);
    const closed = server.close();
    expect(await running).toMatchObject({ status: 200, body: 'done', headers: { connection: 'close' } });
    await closed;
    await expect(ask(port, '/0')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    agent.destroy();
  });

  test('[RD] during the notice requests are served, each ending its connection', async () => {
    const { server, port } = await startServer({ drainNotice: 200 });
    const closed = server.close();
    expect(server.draining).toBe(true);
    expect(await ask(port, '/0')).toMatchObject({ status: 200, headers: { connection: 'close' } });
    await closed;
  });

  test.each([0, 150])(
    '[RD] under load no client on an accepted connection sees a reset (notice: %i ms)',
    async (drainNotice) => {
      const connections = acceptedPorts();
      const { server, port, accepted } = await startServer({ drainNotice });
      const lost: string[] = [];
      let answered = 0;
      const client = async (number: number) => {
        // One of three comes with a connection of its own each time.
        const agent = number % 3 === 0 ? undefined : new Agent({ keepAlive: true, maxSockets: 1 });
        for (;;) {
          const sent = request({ port, host: '127.0.0.1', path: `/${number % 4}`, agent: agent ?? false });
          const local = localPortOf(sent);
          try {
            expect((await read(sent.end())).body).toBe('done');
            answered += 1;
          } catch (error) {
            // Refused; or reset in the kernel's queue: the server never saw that one.
            const connection = local();
            if (connection !== undefined && connections.has(connection)) lost.push(`${connection}: ${error}`);
            break;
          }
          await delay(number % 5);
        }
        agent?.destroy();
      };
      const clients = Array.from({ length: 60 }, (_, number) => client(number));
      await delay(150);
      await server.close();
      await Promise.all(clients);
      expect(lost).toEqual([]);
      expect(answered).toBeGreaterThan(50);
      expect(answered).toBe(accepted.length);
    },
  );

  test('[RD] a request that reaches an idle connection when the server no longer listens is served', async () => {
    // The reply ends the last connection, and with it the grace.
    const { server, port } = await startServer({ grace: 10_000 });
    const agent = new Agent({ keepAlive: true });
    await ask(port, '/0', agent);
    const closed = server.close();
    await delay(50);
    await expect(ask(port, '/0')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(await ask(port, '/0', agent)).toMatchObject({ status: 200, headers: { connection: 'close' } });
    await closed;
    agent.destroy();
  });

  test('[RD] an idle connection does not hold the server up', async () => {
    const { server, port } = await startServer();
    const agent = new Agent({ keepAlive: true });
    await ask(port, '/0', agent);
    const began = performance.now();
    await server.close();
    expect(performance.now() - began).toBeLessThan(500);
    agent.destroy();
  });

  test('[RD] a client that sends nothing does not either', async () => {
    const { server, port } = await startServer({ drainTimeout: 200 });
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    await delay(20);
    const began = performance.now();
    await server.close();
    expect(performance.now() - began).toBeLessThan(1_000);
    socket.destroy();
  });

  test('[RD] what runs longer than the drain timeout is cut', async () => {
    const { server, port } = await startServer({ drainTimeout: 100 });
    const running = ask(port, '/2000').catch((error: NodeJS.ErrnoException) => error.code);
    await delay(50);
    await server.close();
    expect(await running).toBe('ECONNRESET');
  });

  test('[RD] to stop twice, or before it listened, is no mistake', async () => {
    const { server } = await startServer();
    await Promise.all([server.close(), server.close()]);
    await new DrainingServer({ port: 0, listener: () => {} }).close();
  });
});

test('[RI] a port that is taken is one clear error', async () => {
  const { server, port } = await startServer();
  const second = new DrainingServer({ port, host: '127.0.0.1', listener: () => {} });
  await expect(second.listen()).rejects.toThrow(PortTaken);
  await expect(new DrainingServer({ port, host: '127.0.0.1', listener: () => {} }).listen()).rejects.toThrow(
    `Port ${port} is taken. Stop what uses it, or choose another with PORT.`,
  );
  await server.close();
});
