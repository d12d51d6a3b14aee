import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addMember, removeMember } from '../../../src/fleet/members.ts';
import { resumeTenant, suspendTenant } from '../../../src/fleet/tenants.ts';
import { createNotesModule } from '../../fixtures/notes/index.ts';
import { type EventStream, subscribe } from '../../support/event-stream.ts';
import { DOORS, startGateway, type TestGateway } from '../../support/gateway.ts';

const NOTES = 'subscription Notes { noteAdded { text } }';
const A_SECOND = 1_000;

const add = (gateway: TestGateway, text: string, tenant = 'north') =>
  gateway.ask({
    tenant,
    query: 'mutation Add($text: String!) { addNote(input: { text: $text }) { note { id } } }',
    variables: { text },
  });

describe.each(DOORS)('the end of a subscription (doors: %s)', (doors) => {
  let gateway: TestGateway;
  let owner: pg.Client;
  beforeAll(async () => {
    gateway = await startGateway({ modules: [createNotesModule()], doors });
    owner = new pg.Client({ connectionString: gateway.database.url('owner') });
    await owner.connect();
  });
  afterAll(async () => {
    await owner.end();
    await gateway[Symbol.asyncDispose]();
  });

  const north = () => String(gateway.tenants.north);
  async function endsWithin(stream: EventStream, code: string): Promise<void> {
    expect(await stream.end()).toBeLessThan(A_SECOND);
    expect([stream.code, stream.complete]).toEqual([code, true]);
    expect(await gateway.logLine(stream)).toMatchObject({ type: 'subscription', code, outcome: 'error' });
  }

  test('[TI] a suspended tenant ends it within a second; others go on', async () => {
    await using stream = await subscribe(gateway, { tenant: 'north', query: NOTES });
    await using other = await subscribe(gateway, { tenant: 'south', query: NOTES });
    await suspendTenant(owner, 'north');
    await endsWithin(stream, 'FORBIDDEN');
    await using again = await subscribe(gateway, { tenant: 'north', query: NOTES });
    await again.end();
    expect([again.status, JSON.parse(again.text).errors[0].extensions.code]).toEqual([
      403,
      'TENANT_SUSPENDED',
    ]);
    await resumeTenant(owner, 'north');
    await add(gateway, 'still there', 'south');
    expect(await other.next()).toMatchObject({ data: { noteAdded: { text: 'still there' } } });
  });

  test('[AN] a revoked membership ends it within a second', async () => {
    await addMember(owner, north(), 'guest@north.example', ['viewer']);
    await using stream = await subscribe(gateway, { tenant: 'north', query: NOTES, as: 'guest' });
    await removeMember(owner, north(), 'guest@north.example');
    await endsWithin(stream, 'FORBIDDEN');
  });

  test('[AZ] other roles end it: a new one has the new permissions', async () => {
    await addMember(owner, north(), 'guest@north.example', ['owner']);
    const query = 'subscription { secretAdded { text } }';
    await using stream = await subscribe(gateway, { tenant: 'north', query, as: 'guest' });
    await addMember(owner, north(), 'guest@north.example', ['viewer']);
    await endsWithin(stream, 'FORBIDDEN');
    await using again = await subscribe(gateway, { tenant: 'north', query, as: 'guest' });
    expect(again.status).toBe(403);
    await removeMember(owner, north(), 'guest@north.example');
  });

  test('[AN] no event that came after a revocation is delivered', async () => {
    await addMember(owner, north(), 'guest@north.example', ['viewer']);
    await using stream = await subscribe(gateway, { tenant: 'north', query: NOTES, as: 'guest' });
    await removeMember(owner, north(), 'guest@north.example');
    await add(gateway, 'too late');
    await stream.end();
    expect(stream.text).not.toContain('too late');
  });

  test('[AN] an expired token ends it within a second', async () => {
    const token = await gateway.shortToken('owner@north.example', 2);
    await using stream = await subscribe(gateway, { tenant: 'north', query: NOTES, token });
    expect(stream.status).toBe(200);
    const took = await stream.end(5_000);
    expect(took).toBeGreaterThan(500);
    expect(took).toBeLessThan(2_000 + A_SECOND);
    expect([stream.code, stream.complete]).toEqual(['UNAUTHENTICATED', true]);
  });

  test('[SR] a client that leaves is forgotten', async () => {
    for (let round = 0; round < 25; round++) {
      const stream = await subscribe(gateway, { tenant: 'north', query: NOTES });
      expect(stream.status).toBe(200);
      await stream[Symbol.asyncDispose]();
      expect(await gateway.logLine(stream)).toMatchObject({ outcome: 'aborted', events: 0 });
    }
  });

  test('[SR] a drain completes it cleanly, so that its client subscribes elsewhere', async () => {
    const beside = await startGateway({ modules: [createNotesModule()], doors, beside: gateway });
    await using stream = await subscribe(beside, { tenant: 'north', query: NOTES });
    await add(gateway, 'before the end');
    await stream.next();
    const closing = beside[Symbol.asyncDispose]();
    expect(await stream.end()).toBeLessThan(A_SECOND);
    expect([stream.complete, stream.code]).toEqual([true, undefined]);
    await closing;
    expect(beside.log.find(({ type }) => type === 'subscription')).toMatchObject({
      outcome: 'ok',
      events: 1,
    });
  });
});

describe.each(DOORS)('the bounds of subscriptions (doors: %s)', (doors) => {
  test('[SM] a caller and a tenant have only so many open', async () => {
    await using gateway = await startGateway({
      modules: [createNotesModule()],
      doors,
      settings: { INSULA_MAX_SUBSCRIPTIONS_PER_CALLER: '2', INSULA_MAX_SUBSCRIPTIONS_PER_TENANT: '3' },
    });
    const open = (as: string, tenant = 'north') => subscribe(gateway, { tenant, query: NOTES, as });
    await using first = await open('owner');
    await using second = await open('owner');
    await using third = await open('owner');
    await third.end();
    expect([third.status, third.headers['retry-after']]).toEqual([429, '5']);
    expect(JSON.parse(third.text).errors[0].extensions.code).toBe('TOO_MANY_SUBSCRIPTIONS');
    await using viewer = await open('viewer');
    await using admin = await open('admin');
    await using south = await open('admin', 'south');
    expect([first, second, viewer, admin, south].map(({ status }) => status)).toEqual([
      200, 200, 200, 429, 200,
    ]);
    await viewer[Symbol.asyncDispose]();
    await expect
      .poll(async () => {
        await using again = await open('admin');
        return again.status;
      })
      .toBe(200);
  });

  test('[SM] a subscriber who does not read is dropped, and told why; others are not kept waiting', async () => {
    await using gateway = await startGateway({
      modules: [createNotesModule()],
      doors,
      settings: { INSULA_EVENT_QUEUE: '3' },
    });
    await using slow = await subscribe(gateway, {
      tenant: 'north',
      query: 'subscription { largeEvent(size: 5000000) }',
    });
    await using quick = await subscribe(gateway, { tenant: 'north', query: NOTES, as: 'viewer' });
    slow.pause();
    for (let count = 0; count < 12; count++) {
      await add(gateway, `number ${count}`);
      expect(await quick.next()).toEqual({ data: { noteAdded: { text: `number ${count}` } } });
    }
    await delay(500);
    slow.resume();
    await slow.end(5_000);
    expect([slow.code, slow.complete]).toEqual(['SUBSCRIBER_TOO_SLOW', true]);
    expect(slow.results.length).toBeLessThan(12);
    expect(await gateway.logLine(slow)).toMatchObject({ code: 'SUBSCRIBER_TOO_SLOW', outcome: 'error' });
  });

  test('[SM SR] one who never reads again is cut off', async () => {
    await using gateway = await startGateway({
      modules: [createNotesModule()],
      doors,
      settings: { INSULA_EVENT_QUEUE: '1' },
    });
    await using slow = await subscribe(gateway, {
      tenant: 'north',
      query: 'subscription { largeEvent(size: 9000000) }',
    });
    slow.pause();
    for (let count = 0; count < 5; count++) {
      await add(gateway, `number ${count}`);
      await delay(250);
    }
    await expect
      .poll(() => gateway.log.find(({ type }) => type === 'subscription'), { timeout: 8_000 })
      .toMatchObject({ code: 'SUBSCRIBER_TOO_SLOW', outcome: 'aborted' });
  });

  test('[SI MC] 200 subscribers hear of each event; between events no connection is held', async () => {
    await using gateway = await startGateway({
      modules: [createNotesModule()],
      doors,
      settings: { INSULA_MAX_SUBSCRIPTIONS_PER_CALLER: '200', INSULA_MAX_CONNECTIONS: '4' },
    });
    const metric = async (name: string) => {
      const { text } = await gateway.send({ method: 'GET', path: '/metrics' });
      return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1]);
    };
    const openTransactions = async () =>
      (
        await gateway.rows(
          'north',
          `select from pg_stat_activity where usename = 'insula_gateway' and xact_start is not null`,
        )
      ).length;
    const busy = () => metric('insula_pool_connections\\{pool="gateway",state="busy"\\}');
    const streams = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        subscribe(gateway, { tenant: 'north', query: NOTES, as: index % 2 ? 'owner' : 'viewer' }),
      ),
    );
    expect(new Set(streams.map(({ status }) => status))).toEqual(new Set([200]));
    expect(await metric('insula_open_subscriptions')).toBe(200);
    expect(await busy()).toBe(0);
    for (const text of ['one', 'two', 'three']) {
      await add(gateway, text);
      for (const stream of streams) {
        expect(await stream.next(10_000)).toEqual({ data: { noteAdded: { text } } });
      }
      await expect.poll(busy).toBe(0);
      await expect.poll(openTransactions).toBe(0);
    }
    expect(await metric('insula_subscription_events_total')).toBe(600);
    await Promise.all(streams.map((stream) => stream[Symbol.asyncDispose]()));
    await expect.poll(() => metric('insula_open_subscriptions')).toBe(0);
  });
});
