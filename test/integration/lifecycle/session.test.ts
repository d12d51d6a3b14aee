import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { rawRequest } from '../../support/raw-http.ts';
import { doors, type Gateway, startGateway } from './gateway.ts';

describe.each(doors)('through the door "%s"', (door) => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway({ doors: door, limits: { operationTimeout: 300 } });
  });
  afterAll(() => gateway.close());

  const json = { 'content-type': 'application/json', authorization: 'Bearer owner', 'x-tenant-id': 'acme' };

  test('[SI] the session is told whose the operation is, and its name in the document', async () => {
    await gateway.ask('query Named { hello }', {}, { 'x-request-id': 'session-0001' });
    expect(gateway.facts.at(-1)).toMatchObject({
      requestId: 'session-0001',
      tenant: { slug: 'acme' },
      membership: { subject: 'owner', roles: ['owner'] },
      principal: { actor: 'user:owner' },
      operationName: 'Named',
    });
    await gateway.ask('{ hello }');
    expect(gateway.facts.at(-1)?.operationName).toBeNull();
  });

  test('[SC] what a mutation wrote is there when its reply is', async () => {
    const before = gateway.store.count;
    const reply = await gateway.ask('mutation { add(number: 2) more: add(number: 3) }');
    expect(reply).toMatchObject({ status: 200, body: { data: { add: 2, more: 3 } } });
    expect(gateway.store.count).toBe(before + 5);
  });

  test.each([
    ['fail', 409, 'CONFLICT'],
    ['crash', 500, 'INTERNAL'],
  ])(
    '[SC] a mutation whose last field fails (%s) leaves nothing and has no data',
    async (field, status, code) => {
      const before = gateway.store.count;
      const reply = await gateway.ask(`mutation { add(number: 100) ${field} }`);
      expect(reply).toMatchObject({ status, code, body: { data: null } });
      expect(gateway.store.count).toBe(before);
    },
  );

  test('[SC] an attempt that is repeated has a context of its own, and the log says how many there were', async () => {
    const contexts = gateway.store.contexts.length;
    const before = gateway.store.count;
    const reply = await gateway.ask('mutation { again(times: 2) }', {}, { 'x-request-id': 'session-0002' });
    expect(reply.body.data).toEqual({ again: 3 });
    expect(gateway.store.count).toBe(before + 1);
    expect(new Set(gateway.store.contexts.slice(contexts)).size).toBe(3);
    expect(await gateway.lastLine()).toMatchObject({ requestId: 'session-0002', attempts: 3, statements: 3 });
  });

  test('[SC] a mutation may ask to be serializable, by one of its fields', async () => {
    await gateway.ask('mutation { add(number: 1) ...F } fragment F on Mutation { serially }');
    expect(gateway.facts.at(-1)).toMatchObject({ isolation: 'serializable' });
    await gateway.ask('mutation { add(number: 1) }');
    expect(gateway.facts.at(-1)).not.toHaveProperty('isolation');
  });

  test('[SC] an idempotency key comes with a digest of who asks for what', async () => {
    const digests: (string | undefined)[] = [];
    const add = 'mutation Add($number: Int!) { add(number: $number) }';
    const ask = async (number: number, headers: Record<string, string> = {}) => {
      await gateway.ask(add, { variables: { number } }, { 'idempotency-key': 'key-1', ...headers });
      const claim = gateway.facts.at(-1)?.idempotency;
      expect(claim?.key).toBe('key-1');
      digests.push(claim?.bodyHash.toString('hex'));
    };
    await ask(1);
    await ask(1);
    await ask(2);
    await ask(1, { authorization: 'Bearer viewer' });
    expect(digests[1]).toBe(digests[0]);
    expect(new Set(digests).size).toBe(3);
  });

  test('[SC] an idempotency key on a query means nothing; one that is malformed is refused', async () => {
    await gateway.ask('{ hello }', {}, { 'idempotency-key': 'key-1' });
    expect(gateway.facts.at(-1)).not.toHaveProperty('idempotency');
    for (const key of ['two words', 'x'.repeat(256), 'ümlaut']) {
      const reply = await gateway.ask('mutation { add(number: 1) }', {}, { 'idempotency-key': key });
      expect(reply).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
    }
  });

  test('[SI] an operation that takes too long is ended', async () => {
    const before = gateway.store.count;
    const reply = await gateway.ask('{ slow(ms: 2000) }');
    expect(reply).toMatchObject({ status: 504, code: 'STATEMENT_TIMEOUT' });
    expect(await gateway.ask('mutation { slowAdd(ms: 2000) }')).toMatchObject({ status: 504 });
    expect(gateway.store.count).toBe(before);
  });

  test('[SR] a client that goes away ends its operation', async () => {
    const bytes = rawRequest(
      'POST /graphql',
      { ...json, 'x-request-id': 'gone-away' },
      JSON.stringify({ query: 'mutation { slowAdd(ms: 200) }' }),
    );
    await gateway.raw([bytes, 60, 'destroy'], { timeout: 100 });
    const facts = gateway.facts.at(-1);
    await vi.waitFor(() => expect(facts?.signal.aborted).toBe(true));
    expect(facts?.signal.reason).toMatchObject({ code: 'CLIENT_CLOSED_REQUEST' });
    await vi.waitFor(() =>
      expect(
        gateway.lines.find(({ requestId, msg }) => requestId === 'gone-away' && msg === 'request'),
      ).toMatchObject({
        status: 499,
        outcome: 'aborted',
        statements: 1,
      }),
    );
    expect(await gateway.ask('{ hello }')).toMatchObject({ status: 200 });
  });

  test('[SR] a client that pipelines and goes away ends all that it asked for', async () => {
    const request = (id: string) =>
      rawRequest(
        'POST /graphql',
        { ...json, 'x-request-id': id },
        JSON.stringify({ query: '{ slow(ms: 250) }' }),
      );
    await gateway.raw([Buffer.concat([request('pipeline-1'), request('pipeline-2')]), 60, 'destroy'], {
      timeout: 100,
    });
    for (const id of ['pipeline-1', 'pipeline-2']) {
      await vi.waitFor(() =>
        expect(gateway.lines.find(({ requestId }) => requestId === id)).toMatchObject({
          status: 499,
          outcome: 'aborted',
        }),
      );
    }
  });

  test('[SR] the signal of a finished exchange stays quiet', async () => {
    await gateway.ask('{ hello }');
    const facts = gateway.facts.at(-1);
    await new Promise((resolve) => setTimeout(resolve, 350));
    expect(facts?.signal.aborted).toBe(false);
  });
});
