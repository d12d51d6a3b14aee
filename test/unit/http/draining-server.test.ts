import { once } from 'node:events';
import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { DrainingServer, PortTaken } from '../../../src/http/draining-server.ts';

/** Answers after as many milliseconds as the path says: `/50`. */
async function startServer(options: { drainNotice?: number; drainTimeout?: number } = {}) {
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

  test('[RD] no request that was accepted is lost while clients keep asking', async () => {
    const { server, port, accepted } = await startServer({ drainNotice: 150 });
    let answered = 0;
    const client = async () => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      try {
        for (;;) {
          expect((await ask(port, '/5', agent)).body).toBe('done');
          answered += 1;
        }
      } catch {
        // Refused, or reset in the kernel's queue: the server never saw that one.
        agent.destroy();
      }
    };
    const clients = Array.from({ length: 10 }, client);
    await delay(100);
    await server.close();
    await Promise.all(clients);
    expect(answered).toBeGreaterThan(50);
    expect(answered).toBe(accepted.length);
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
