import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chunked, rawRequest } from '../../support/raw-http.ts';
import { doors, type Gateway, readReply, startGateway } from './gateway.ts';

describe.each(doors)('through the door "%s"', (door) => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway({ doors: door, limits: { bodyBytes: 100_000 } });
  });
  afterAll(() => gateway.close());

  const hello = { query: '{ hello }' };
  const json = { 'content-type': 'application/json', authorization: 'Bearer owner', 'x-tenant-id': 'acme' };

  test('[RI] a query by POST is answered, with its length and a new request id', async () => {
    const reply = await gateway.send(hello);
    expect(reply).toMatchObject({ status: 200, text: '{"data":{"hello":"world"}}' });
    expect(reply.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'content-length': '26',
      'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    expect(reply.headers).not.toHaveProperty('access-control-allow-origin');
  });

  test('[RI] a query by GET is answered', async () => {
    const query = 'query Twice($number: Int!) { twice(number: $number) }';
    const reply = await gateway.get({ query, variables: '{"number":4}', operationName: 'Twice' });
    expect(reply).toMatchObject({ status: 200, body: { data: { twice: 8 } } });
  });

  test('[RI] the path of a tenant is an address of the API', async () => {
    const reply = await gateway.send(hello, { 'x-tenant-id': '' }, 'POST /t/acme/graphql?from=test');
    expect(reply).toMatchObject({ status: 200, body: { data: { hello: 'world' } } });
  });

  test.each([
    '/',
    '/other',
    '/graphqlx',
    '/graphql/',
    '/x/graphql',
    '//graphql',
    '/t//graphql',
    '/%67raphql',
  ])('[RI] nothing is served at %s', async (path) => {
    expect(await gateway.send(hello, {}, `POST ${path}`)).toMatchObject({ status: 404, code: 'NOT_FOUND' });
  });

  test('[RI] a well-formed request id of the client is kept, another one is replaced', async () => {
    const kept = await gateway.send(hello, { 'x-request-id': 'client-0001' });
    expect(kept.headers['x-request-id']).toBe('client-0001');
    for (const id of ['short', 'has blanks in it', '<script>alert(1)</script>', 'x'.repeat(65)]) {
      const reply = await gateway.send(hello, { 'x-request-id': id });
      expect(reply.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  test.each([
    [undefined, 'application/json'],
    ['*/*', 'application/json'],
    ['application/*', 'application/json'],
    ['Application/JSON', 'application/json'],
    ['application/graphql-response+json', 'application/graphql-response+json'],
    ['application/graphql-response+json, application/json;q=0.9', 'application/graphql-response+json'],
    ['application/json;q=0.5, application/graphql-response+json', 'application/graphql-response+json'],
    ['text/event-stream, application/json', 'application/json'],
    [
      'multipart/mixed;boundary=graphql, application/graphql-response+json',
      'application/graphql-response+json',
    ],
  ])('[RI] who accepts %s gets %s', async (accept, type) => {
    const reply = await gateway.send(hello, accept === undefined ? {} : { accept });
    expect(reply.headers['content-type']).toBe(`${type}; charset=utf-8`);
  });

  test.each([
    'text/html',
    'multipart/mixed',
    'application/json;q=0',
    'application/json; charset=latin1',
    ';;,,',
  ])('[RI] who accepts only %s is refused before a mutation runs', async (accept) => {
    const before = gateway.store.count;
    const reply = await gateway.send({ query: 'mutation { add(number: 1) }' }, { accept });
    expect(reply).toMatchObject({ status: 406, code: 'NOT_ACCEPTABLE' });
    expect(gateway.store.count).toBe(before);
  });

  test('[RI RD] who accepts only text/event-stream gets a result as one event, and a refusal as JSON', async () => {
    const before = gateway.store.count;
    const accept = 'text/event-stream';
    const reply = await gateway.send({ query: 'mutation { add(number: 1) }' }, { accept });
    expect(reply).toMatchObject({
      status: 200,
      headers: { 'content-type': 'text/event-stream; charset=utf-8' },
      text: 'event: next\ndata: {"data":{"add":1}}\n\nevent: complete\ndata:\n\n',
    });
    expect(gateway.store.count).toBe(before + 1);
    expect(await gateway.send({ query: 'mutation { fail }' }, { accept })).toMatchObject({
      status: 409,
      code: 'CONFLICT',
    });
  });

  test.each(['PUT', 'DELETE', 'PATCH', 'OPTIONS'])('[RI] %s is refused', async (method) => {
    const reply = await gateway.send(hello, {}, `${method} /graphql`);
    expect(reply).toMatchObject({ status: 405, code: 'METHOD_NOT_ALLOWED', headers: { allow: 'GET, POST' } });
  });

  test.each([
    '',
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/graphql',
    'application/json, text/plain',
    'application/jsonx',
    'application/json; charset=latin1',
  ])('[RI] a body of type "%s" is refused', async (type) => {
    const reply = await gateway.send(hello, { 'content-type': type });
    expect(reply).toMatchObject({ status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' });
  });

  test.each(['application/json; charset=utf-8', 'Application/JSON', 'application/json ; charset="UTF-8"'])(
    '[RI] a body of type "%s" is read',
    async (type) => {
      expect(await gateway.send(hello, { 'content-type': type })).toMatchObject({ status: 200 });
    },
  );

  test('[RI] a compressed body is refused, one that says it is not compressed is read', async () => {
    expect(await gateway.send(hello, { 'content-encoding': 'gzip' })).toMatchObject({ status: 415 });
    expect(await gateway.send(hello, { 'content-encoding': 'identity' })).toMatchObject({ status: 200 });
  });

  test('[SM] a body above the limit is refused, by its declared length and by its bytes', async () => {
    const large = JSON.stringify({ query: '{ hello }', variables: { pad: 'x'.repeat(100_000) } });
    expect(await gateway.send(large)).toMatchObject({ status: 413, code: 'PAYLOAD_TOO_LARGE' });
    const steps = [rawRequest('POST /graphql', { ...json, 'transfer-encoding': 'chunked' }, chunked(large))];
    const [reply] = await gateway.raw(steps);
    expect(readReply(reply)).toMatchObject({ status: 413, code: 'PAYLOAD_TOO_LARGE' });
  });

  test('[SM] ten megabytes are refused, and the connection serves the next request', async () => {
    const large = rawRequest('POST /graphql', json, 'x'.repeat(10_000_000));
    const [refused, served] = await gateway.raw(
      [large, rawRequest('POST /graphql', json, JSON.stringify(hello))],
      {
        replies: 2,
        timeout: 10_000,
      },
    );
    expect(readReply(refused)).toMatchObject({ status: 413 });
    expect(readReply(served)).toMatchObject({ status: 200 });
  });

  test('[RI] a chunked body is read, and the connection serves the next request', async () => {
    const first = rawRequest(
      'POST /graphql',
      { ...json, 'transfer-encoding': 'chunked' },
      chunked('{"query":', '"{ hello }"}'),
    );
    const replies = await gateway.raw([first, rawRequest('POST /graphql', json, JSON.stringify(hello))], {
      replies: 2,
    });
    expect(replies.map(({ status, body }) => [status, body])).toEqual([
      [200, '{"data":{"hello":"world"}}'],
      [200, '{"data":{"hello":"world"}}'],
    ]);
  });

  test('[RI] a character that is cut between two packets is read whole', async () => {
    const bytes = rawRequest('POST /graphql', json, JSON.stringify({ query: '{ echo(text: "🏃🏊") }' }));
    const cut = bytes.indexOf('🏃') + 2;
    const [reply] = await gateway.raw([bytes.subarray(0, cut), 30, bytes.subarray(cut)]);
    expect(readReply(reply).body.data).toEqual({ echo: '{"text":"🏃🏊"}' });
  });

  test('[RI] who expects 100-continue is told to go on when it is let in, and only then', async () => {
    const body = JSON.stringify(hello);
    const head = (headers: Record<string, string>) =>
      rawRequest('POST /graphql', {
        ...headers,
        expect: '100-continue',
        'content-length': String(body.length),
      });
    const [served] = await gateway.raw([head(json), 50, body]);
    expect(served).toMatchObject({ status: 200 });
    const [refused] = await gateway.raw([head({ 'content-type': 'application/json' })]);
    expect(refused).toMatchObject({ status: 401, headers: { connection: 'close' } });
  });

  test('[RI] three pipelined requests are answered in their order', async () => {
    const request = (id: string, query: string) =>
      rawRequest('POST /graphql', { ...json, 'x-request-id': id }, JSON.stringify({ query }));
    const steps = [
      Buffer.concat([
        request('request-1', '{ slow(ms: 40) }'),
        request('request-2', '{ hello }'),
        request('request-3', '{ nope }'),
      ]),
    ];
    const replies = await gateway.raw(steps, { replies: 3 });
    expect(replies.map(({ headers }) => headers['x-request-id'])).toEqual([
      'request-1',
      'request-2',
      'request-3',
    ]);
  });

  test.each([
    ['wrong length', { 'content-length': 'abc' }],
    ['two framings', { 'transfer-encoding': 'chunked', 'content-length': '5' }],
    ['no header at all', { 'no colon\r\nhere': 'x' }],
  ])('[RI] bytes that are no HTTP (%s) get a 400 with a code', async (_case, headers) => {
    const [reply] = await gateway.raw([rawRequest('POST /graphql', { ...json, ...headers }, '{}')]);
    expect(readReply(reply)).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
  });

  test('[RI] headers above 16 kB get a 431 with a code', async () => {
    const [reply] = await gateway.raw([
      rawRequest('POST /graphql', { ...json, cookie: 'x'.repeat(20_000) }, '{}'),
    ]);
    expect(readReply(reply)).toMatchObject({ status: 431, code: 'HEADERS_TOO_LARGE' });
  });

  test('[RI] a client that leaves while it sends is logged, and the gateway goes on', async () => {
    const bytes = rawRequest(
      'POST /graphql',
      { ...json, 'x-request-id': 'left-early' },
      JSON.stringify(hello),
    );
    await gateway.raw([bytes.subarray(0, bytes.length - 5), 50, 'destroy'], { timeout: 200 });
    expect(await gateway.send(hello)).toMatchObject({ status: 200 });
    const line = gateway.lines.find(({ requestId }) => requestId === 'left-early');
    expect(line).toMatchObject({ status: 499, outcome: 'aborted', code: 'CLIENT_CLOSED_REQUEST' });
  });
});

test('[RI] a body that does not arrive in time gets a 408', async () => {
  await using gateway = await startGateway({ requestTimeout: 300 });
  const head = rawRequest('POST /graphql', {
    'content-type': 'application/json',
    authorization: 'Bearer owner',
    'x-tenant-id': 'acme',
    'content-length': '100',
  });
  const [reply] = await gateway.raw([head, '{"query":'], { timeout: 5_000 });
  expect(readReply(reply)).toMatchObject({ status: 408, code: 'REQUEST_TIMEOUT' });
});
