import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createNotesModule } from '../../fixtures/notes/index.ts';
import { subscribe } from '../../support/event-stream.ts';
import { DOORS, startGateway, type TestGateway } from '../../support/gateway.ts';

const NOTES = 'subscription Notes { noteAdded { id text } }';
const QUIET = 700;

describe.each(DOORS)('subscriptions, at two gateways side by side (doors: %s)', (doors) => {
  let gateway: TestGateway;
  let beside: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway({
      modules: [createNotesModule()],
      doors,
      settings: { INSULA_MAX_CONNECTIONS: '4', INSULA_EVENT_KEEP_ALIVE: '100' },
    });
    beside = await startGateway({ modules: [createNotesModule()], doors, beside: gateway });
  });
  afterAll(async () => {
    await beside[Symbol.asyncDispose]();
    await gateway[Symbol.asyncDispose]();
  });

  const add = (text: string, at = gateway, tenant = 'north') =>
    at.ask({
      tenant,
      query: 'mutation Add($text: String!) { addNote(input: { text: $text }) { note { id } } }',
      variables: { text },
    });

  test.each(['POST', 'GET'] as const)(
    '[RI RD] an event arrives at subscribers of both gateways, once (%s)',
    async (method) => {
      await using here = await subscribe(gateway, { tenant: 'north', query: NOTES, method });
      await using there = await subscribe(beside, { tenant: 'north', query: NOTES, method, as: 'viewer' });
      expect([here.status, here.headers['content-type'], here.headers['x-accel-buffering']]).toEqual([
        200,
        'text/event-stream; charset=utf-8',
        'no',
      ]);
      expect((await add(`by ${method}`)).status).toBe(200);
      for (const stream of [here, there]) {
        expect(await stream.next()).toEqual({
          data: { noteAdded: { id: expect.any(String), text: `by ${method}` } },
        });
      }
      await add('a second', beside);
      for (const stream of [here, there]) {
        expect(await stream.next()).toMatchObject({ data: { noteAdded: { text: 'a second' } } });
      }
      await delay(QUIET);
      expect([here.results.length, there.results.length]).toEqual([2, 2]);
    },
  );

  test('[RD] an idle stream shows that it is alive', async () => {
    await using stream = await subscribe(gateway, { tenant: 'north', query: NOTES });
    await expect.poll(() => stream.text.match(/^:\n\n/gm)?.length).toBeGreaterThan(3);
    expect(stream.results).toEqual([]);
  });

  test('[SC] nothing is heard of a mutation that was rolled back', async () => {
    await using stream = await subscribe(gateway, { tenant: 'north', query: NOTES });
    const reply = await gateway.ask({
      tenant: 'north',
      query: 'mutation { addNote(input: { text: "undone" }) { note { id } } refuse }',
    });
    expect(reply.status).toBe(409);
    await add('kept');
    expect(await stream.next()).toMatchObject({ data: { noteAdded: { text: 'kept' } } });
  });

  test("[TI] nothing is heard of another tenant's events", async () => {
    await using stream = await subscribe(gateway, { tenant: 'south', query: NOTES });
    await add('of the north');
    await add('of the south', beside, 'south');
    expect(await stream.next()).toMatchObject({ data: { noteAdded: { text: 'of the south' } } });
  });

  test('[AZ] an event whose row is hidden from the caller is not delivered', async () => {
    await using viewer = await subscribe(gateway, { tenant: 'north', query: NOTES, as: 'viewer' });
    await using owner = await subscribe(gateway, { tenant: 'north', query: NOTES });
    await gateway.ask({ tenant: 'north', query: 'mutation { addSecret(text: "whispered") }' });
    await add('said aloud');
    expect(await owner.next()).toMatchObject({ data: { noteAdded: { text: 'whispered' } } });
    expect(await viewer.next()).toMatchObject({ data: { noteAdded: { text: 'said aloud' } } });
  });

  test('[DO] events of transactions that commit in another order than they began are all heard, once', async () => {
    await using stream = await subscribe(gateway, { tenant: 'north', query: NOTES });
    const slow = gateway.ask({
      tenant: 'north',
      query: 'mutation { addNote(input: { text: "slow" }) { note { id } } waitIn(milliseconds: 1000) }',
    });
    await delay(200);
    await add('quick');
    expect(await stream.next(700)).toMatchObject({ data: { noteAdded: { text: 'quick' } } });
    expect((await slow).status).toBe(200);
    expect(await stream.next()).toMatchObject({ data: { noteAdded: { text: 'slow' } } });
    await delay(QUIET);
    expect(stream.results).toHaveLength(2);
  });

  test('[AN] without a token there is only a 401', async () => {
    await using stream = await subscribe(gateway, { tenant: 'north', query: NOTES, as: null });
    expect(stream.status).toBe(401);
    await using wrong = await subscribe(gateway, {
      tenant: 'north',
      query: 'subscription { nope }',
      as: null,
    });
    expect(wrong.status).toBe(401);
  });

  test('[AZ] a document that needs more than the caller may is refused before the stream begins', async () => {
    const query = 'subscription { secretAdded { text } }';
    await using stream = await subscribe(gateway, { tenant: 'north', query, as: 'viewer' });
    await stream.end();
    expect([stream.status, stream.headers['content-type']]).toEqual([
      403,
      'application/graphql-response+json; charset=utf-8',
    ]);
    expect(JSON.parse(stream.text).errors[0].extensions.code).toBe('FORBIDDEN');
    await using again = await subscribe(gateway, { tenant: 'north', query });
    expect(again.status).toBe(200);
  });

  test.each([
    ['no such field', 'subscription { nope }', {}, 400, 'GRAPHQL_VALIDATION_FAILED'],
    [
      'two fields',
      'subscription { noteAdded { id } secretAdded { id } }',
      {},
      400,
      'GRAPHQL_VALIDATION_FAILED',
    ],
    [
      'a variable that does not fit',
      'subscription S($size: Int!) { largeEvent(size: $size) }',
      { size: 'x' },
      400,
      'BAD_USER_INPUT',
    ],
    ['an input against the rules', 'subscription { largeEvent(size: 99999999) }', {}, 400, 'BAD_USER_INPUT'],
    ['a field that refuses', 'subscription { refusedEvent }', {}, 409, 'NOTE_REFUSED'],
  ])('[DV SM RR] is refused before the stream begins: %s', async (_what, query, variables, status, code) => {
    await using stream = await subscribe(gateway, { tenant: 'north', query, variables });
    await stream.end();
    expect([stream.status, JSON.parse(stream.text).errors[0].extensions.code]).toEqual([status, code]);
  });

  test('[RI] a client that does not accept events is told so', async () => {
    const reply = await gateway.ask({
      tenant: 'north',
      query: NOTES,
      headers: { accept: 'application/json' },
    });
    expect([reply.status, reply.code]).toEqual([406, 'NOT_ACCEPTABLE']);
  });

  test('[RD] a query whose client accepts events alone is answered with one', async () => {
    await using stream = await subscribe(gateway, { tenant: 'north', query: '{ hello }' });
    await stream.end();
    expect([stream.status, stream.results, stream.complete]).toEqual([
      200,
      [{ data: { hello: 'hello' } }],
      true,
    ]);
  });

  test('[EH] what fails unforeseen at an event is masked, and the stream goes on', async () => {
    await using stream = await subscribe(gateway, { tenant: 'north', query: 'subscription { brokenEvent }' });
    for (const text of ['first', 'second']) {
      await add(text);
      const { errors = [] } = await stream.next();
      expect(errors[0]?.extensions?.code).toBe('INTERNAL');
    }
    expect(stream.text).not.toContain('private');
    expect(stream.ended).toBe(false);
  });

  test('[RL MC] the end of a subscription is one line in the log, with its events', async () => {
    const stream = await subscribe(gateway, { tenant: 'north', query: NOTES });
    const active = async () =>
      /insula_open_subscriptions (\d+)/.exec(
        (await gateway.send({ method: 'GET', path: '/metrics' })).text,
      )?.[1];
    expect(await active()).toBe('1');
    await add('logged');
    await stream.next();
    await stream[Symbol.asyncDispose]();
    expect(await gateway.logLine(stream)).toMatchObject({
      type: 'subscription',
      operation: 'Notes',
      status: 200,
      outcome: 'aborted',
      events: 1,
      actor: 'user:owner@north.example',
    });
    await expect.poll(active).toBe('0');
  });

  test('[DO] events can not be published or read by SQL', async () => {
    const other = String(gateway.tenants.south);
    const before = await gateway.rows('north', 'select from insula.event');
    for (const sql of [
      `select insula_event.publish('notes:added', '{}')`,
      `insert into insula.event (tenant, topic, payload) values ('${other}', 'notes:added', '{}')`,
      'select * from insula.event',
    ]) {
      const reply = await gateway.ask({
        tenant: 'north',
        query: 'query Raw($sql: String!) { raw(sql: $sql) }',
        variables: { sql },
      });
      expect(reply.body.errors).toHaveLength(1);
    }
    expect(await gateway.rows('north', 'select from insula.event')).toHaveLength(before.length);
  });
});
