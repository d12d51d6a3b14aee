import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { createSchema } from 'graphql-yoga';
import { describe, expect, test } from 'vitest';
import { createHttpServer, type HttpServerOptions } from '../../../src/http/server.ts';
import type { LifecyclePlugin } from '../../../src/lifecycle/context.ts';
import { createLogger } from '../../../src/telemetry/logger.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';

const schema = createSchema({ typeDefs: 'type Query { hello: String }' });
const silent = createLogger({ level: 'silent' });

async function startServer(options: Partial<HttpServerOptions> = {}) {
  const server = createHttpServer({
    port: 0,
    host: '127.0.0.1',
    schema,
    lifecycle: [],
    logger: silent,
    metrics: createMetrics(),
    ready: () => true,
    ...options,
  });
  const { port, metricsPort } = await server.listen();
  return {
    url: `http://127.0.0.1:${port}`,
    metricsUrl: `http://127.0.0.1:${metricsPort}`,
    close: () => server.close(),
    [Symbol.asyncDispose]: () => server.close(),
  };
}

const read = async (url: string, init?: RequestInit) => {
  const response = await fetch(url, init);
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    text: await response.text(),
  };
};

describe('pages beside the API', () => {
  test('[RI] /livez and /readyz say yes or no, and nothing else', async () => {
    let ready: () => boolean | Promise<boolean> = () => true;
    await using server = await startServer({ ready: () => ready() });
    expect(await read(`${server.url}/livez`)).toMatchObject({ status: 200, text: 'alive\n' });
    expect(await read(`${server.url}/readyz?verbose`)).toMatchObject({ status: 200, text: 'ready\n' });
    ready = () => false;
    expect(await read(`${server.url}/readyz`)).toMatchObject({ status: 503, text: 'not ready\n' });
    ready = () => Promise.reject(new Error('the password of the database is wrong'));
    expect(await read(`${server.url}/readyz`)).toMatchObject({ status: 503, text: 'not ready\n' });
    ready = () => {
      throw new Error('at once');
    };
    expect(await read(`${server.url}/readyz`)).toMatchObject({ status: 503, text: 'not ready\n' });
    expect(await read(`${server.url}/livez`)).toMatchObject({ status: 200 });
  });

  test('[RI] a server that stops is not ready', async () => {
    const server = await startServer({ drainNotice: 200 });
    const closed = server.close();
    expect(await read(`${server.url}/readyz`)).toMatchObject({ status: 503 });
    expect(await read(`${server.url}/livez`)).toMatchObject({ status: 200 });
    await closed;
  });

  test('[RI] pages are read with GET or HEAD', async () => {
    await using server = await startServer();
    expect(await read(`${server.url}/livez`, { method: 'HEAD' })).toMatchObject({ status: 200, text: '' });
    expect(await read(`${server.url}/livez`, { method: 'POST', body: 'x' })).toMatchObject({
      status: 405,
      headers: { allow: 'GET, HEAD' },
    });
  });

  test('[MC] /metrics is beside the API, or on a port of its own and there alone', async () => {
    await using beside = await startServer();
    const page = await read(`${beside.url}/metrics`);
    expect(page).toMatchObject({
      status: 200,
      text: expect.stringContaining('# HELP insula_rejections_total '),
    });
    expect(page.headers['content-type']).toContain('text/plain');

    await using apart = await startServer({ metricsPort: 0 });
    expect(await read(`${apart.metricsUrl}/metrics`)).toMatchObject({ status: 200 });
    expect(await read(`${apart.metricsUrl}/livez`)).toMatchObject({ status: 404 });
    expect((await read(`${apart.url}/metrics`)).text).not.toContain('insula_');
  });

  test('[MC] a metrics port that is taken is said with its setting, and nothing is left listening', async () => {
    await using first = await startServer({ metricsPort: 0 });
    const taken = Number(new URL(first.metricsUrl).port);
    await expect(startServer({ metricsPort: taken })).rejects.toThrow(
      `Port ${taken} is taken. Stop what uses it, or choose another with INSULA_METRICS_PORT.`,
    );
    const port = Number(new URL(first.url).port);
    const metricsPort = 0;
    await expect(startServer({ port, metricsPort })).rejects.toThrow(`Port ${port} is taken`);
  });

  test('[RI] a given page is served, with the headers of every reply', async () => {
    const keys = { status: 200, contentType: 'application/json', body: '{"keys":[]}' };
    await using server = await startServer({ pages: { '/.well-known/jwks.json': () => keys } });
    expect(await read(`${server.url}/.well-known/jwks.json`)).toMatchObject({
      status: 200,
      text: '{"keys":[]}',
      headers: {
        'content-type': 'application/json',
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
      },
    });
  });
});

test.each([
  ['POST /graphql', 'Host: acme.test\r\nHost: globex.test'],
  ['POST /graphql', 'host: acme.test\r\nHOST: acme.test'],
  ['GET /livez', 'Host: acme.test\r\nHost: globex.test'],
])('[TI] a request with two Host headers is refused: %s (%j)', async (line, hosts) => {
  await using server = await startServer();
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  await once(socket, 'connect');
  socket.write(`${line} HTTP/1.1\r\n${hosts}\r\nContent-Length: 0\r\n\r\n`);
  const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n');
  expect(head).toMatch(/^HTTP\/1\.1 400 /);
  expect(head.toLowerCase()).toContain('content-type: application/json');
  expect(head.toLowerCase()).toContain('connection: close');
  expect(JSON.parse(body)).toEqual({
    errors: [{ message: 'Send one Host header.', extensions: { code: 'BAD_REQUEST' } }],
  });
});

describe('doors', () => {
  test.each([
    ['onRequest', { onRequest() {} }],
    ['onResponse', { onResponse() {} }],
    ['instrumentation.operation', { instrumentation: { operation() {} } }],
  ])('[RI] a plugin whose %s the doors do not run is refused at the start', (hook, plugin) => {
    const build = () =>
      createHttpServer({
        port: 0,
        schema,
        lifecycle: [plugin],
        logger: silent,
        metrics: createMetrics(),
        ready: () => true,
      });
    expect(build).toThrow(`A plugin has hooks that the doors don't run: ${hook}.`);
  });

  test.each(['both', 'yoga'] as const)(
    '[RI] a plugin finds the address that was asked for, through the door "%s"',
    async (doors) => {
      const seen: string[] = [];
      const curious: LifecyclePlugin = {
        onRequestParse({ url, request }) {
          seen.push(url.pathname, url.searchParams.get('a') ?? '', request.headers.get('x-test') ?? '');
        },
      };
      await using server = await startServer({ lifecycle: [curious], doors });
      await read(`${server.url}/t/acme/graphql?a=b`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-test': 'c' },
        body: '{}',
      });
      expect(seen).toEqual(['/t/acme/graphql', 'b', 'c']);
    },
  );

  test.each(['both', 'yoga'] as const)(
    '[EH] a plugin that breaks is a masked 500, through the door "%s"',
    async (doors) => {
      const broken = {
        onResultProcess() {
          throw new Error('a private detail');
        },
      };
      await using server = await startServer({ lifecycle: [broken], doors });
      const reply = await read(`${server.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"query":"{ hello }"}',
      });
      expect(reply).toMatchObject({ status: 500, text: expect.stringContaining('"INTERNAL"') });
      expect(reply.text).not.toContain('private');
    },
  );
});

describe('cross-origin requests', () => {
  const origin = 'https://app.example.com';
  const preflight = {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization',
    },
  };

  test('[SM] by default no page of another origin is let in', async () => {
    await using server = await startServer();
    const reply = await read(`${server.url}/graphql`, preflight);
    expect(Object.keys(reply.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  test('[SM] pages of listed origins may call, without the credentials that browsers add', async () => {
    await using server = await startServer({ corsOrigins: [origin] });
    const reply = await read(`${server.url}/graphql`, preflight);
    expect(reply).toMatchObject({
      status: 204,
      headers: {
        vary: 'origin',
        'access-control-allow-origin': origin,
        'access-control-allow-methods': 'GET, POST',
        'access-control-allow-headers': expect.stringContaining('authorization'),
      },
    });
    expect(reply.headers).not.toHaveProperty('access-control-allow-credentials');
  });

  test('[SM] other origins are not', async () => {
    await using server = await startServer({ corsOrigins: [origin] });
    for (const other of [
      'https://evil.example',
      `${origin}.evil.example`,
      'null',
      'http://app.example.com',
    ]) {
      const reply = await read(`${server.url}/graphql`, {
        ...preflight,
        headers: { ...preflight.headers, origin: other },
      });
      expect(reply.headers).not.toHaveProperty('access-control-allow-origin');
      expect(reply.headers.vary).toBe('origin');
    }
  });
});
