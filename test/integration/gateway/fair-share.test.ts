import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { assignPlan, limitTenant, setPlan } from '../../../src/fleet/plans.ts';
import { createNotesModule } from '../../fixtures/notes/index.ts';
import { subscribe } from '../../support/event-stream.ts';
import { DOORS, startGateway, type TestGateway } from '../../support/gateway.ts';

const NOTES = '{ notes { totalCount } }';
const BUSY = 'query Busy($rows: SafeInt!) { busy(rows: $rows) }';
const FOR_MINUTES = 100_000_000_000;
/** A change of the catalog is felt within this many milliseconds. */
const FRESH = 1_000;

describe.each(DOORS)('the share of a tenant (doors: %s)', (doors) => {
  let gateway: TestGateway;
  let owner: pg.Pool;
  beforeAll(async () => {
    gateway = await startGateway({
      modules: [createNotesModule()],
      tenants: ['north', 'south', 'west', 'east'],
      doors,
      settings: { INSULA_MAX_CONNECTIONS: '4', INSULA_OPERATION_TIMEOUT: '60000' },
    });
    owner = new pg.Pool({ connectionString: gateway.database.adminUrl, max: 1 });
  });
  afterAll(async () => {
    await owner.end();
    await gateway[Symbol.asyncDispose]();
  });

  const statuses = async (tenant: string, count: number, as: string | null = 'owner') => {
    const found: number[] = [];
    for (let turn = 0; turn < count; turn++)
      found.push((await gateway.ask({ tenant, as, query: NOTES })).status);
    return found;
  };

  test('[SM] one request more than its plan allows in a minute is refused, with the time to come again', async () => {
    await setPlan(owner, 'starter', { operationsPerMinute: 3 });
    await assignPlan(owner, 'north', 'starter');
    await delay(FRESH);
    // Who is not let in uses nothing up.
    expect(await statuses('north', 5, null)).toEqual([401, 401, 401, 401, 401]);
    expect(await statuses('north', 3)).toEqual([200, 200, 200]);

    const refused = await gateway.ask({ tenant: 'north', query: NOTES });
    expect([refused.status, refused.code]).toEqual([429, 'RATE_LIMITED']);
    expect(Number(refused.headers['retry-after'])).toSatisfy(
      (seconds: number) => seconds >= 1 && seconds <= 60,
    );
    expect(await gateway.logLine(refused)).toMatchObject({
      tenant: 'north',
      outcome: 'refused',
      code: 'RATE_LIMITED',
    });
    expect(await statuses('south', 5)).toEqual([200, 200, 200, 200, 200]);
  });

  test('[SM] a plan that grows, and a limit of the tenant’s own, are felt without a restart', async () => {
    await setPlan(owner, 'growing', { operationsPerMinute: 1 });
    await assignPlan(owner, 'south', 'growing');
    await delay(FRESH);
    expect((await statuses('south', 2)).at(-1)).toBe(429);
    await setPlan(owner, 'growing', { operationsPerMinute: 50 });
    await delay(FRESH);
    expect(await statuses('south', 2)).toEqual([200, 200]);
    await limitTenant(owner, 'south', { operationsPerMinute: 2 });
    await delay(FRESH);
    expect((await statuses('south', 3)).at(-1)).toBe(429);
    await limitTenant(owner, 'south', { operationsPerMinute: null });
    await delay(FRESH);
    expect(await statuses('south', 1)).toEqual([200]);
  });

  test('[SM] more at a time than its plan allows is refused, until one of them is over', async () => {
    await limitTenant(owner, 'west', { concurrentOperations: 1 });
    await delay(FRESH);
    const client = new AbortController();
    const running = gateway.ask(
      { tenant: 'west', query: BUSY, variables: { rows: FOR_MINUTES } },
      client.signal,
    );
    running.catch(() => undefined);
    // It has the only place before anybody else asks.
    const active = `select from pg_stat_activity
      where usename = 'insula_gateway' and state = 'active' and datname = current_database()`;
    await expect.poll(async () => (await gateway.rows('west', active)).length, { timeout: 5_000 }).toBe(1);
    expect(await statuses('west', 1)).toEqual([429]);
    const refused = await gateway.ask({ tenant: 'west', query: NOTES });
    expect([refused.code, refused.headers['retry-after']]).toEqual(['RATE_LIMITED', '1']);
    expect(await statuses('east', 2)).toEqual([200, 200]);
    client.abort();
    await expect(running).rejects.toThrow('abort');
    await expect.poll(async () => (await statuses('west', 1))[0]).toBe(200);
  });

  test('[SM] subscriptions are bounded by the plan, and take no place of an operation', async () => {
    await limitTenant(owner, 'east', { subscriptions: 1, concurrentOperations: 1 });
    await delay(FRESH);
    const query = 'subscription { noteAdded { id } }';
    await using open = await subscribe(gateway, { tenant: 'east', query });
    expect(open.status).toBe(200);
    await using second = await subscribe(gateway, { tenant: 'east', query, as: 'viewer' });
    await second.end();
    expect([second.status, second.text]).toEqual([429, expect.stringContaining('TOO_MANY_SUBSCRIPTIONS')]);
    expect(await statuses('east', 2)).toEqual([200, 200]);
  });
});

test('[SM] tenants without a plan have the limits of the settings', async () => {
  await using gateway = await startGateway({
    modules: [createNotesModule()],
    settings: { INSULA_OPERATIONS_PER_MINUTE: '1' },
  });
  const ask = async (tenant: string) => (await gateway.ask({ tenant, query: NOTES })).status;
  expect([await ask('north'), await ask('north'), await ask('south')]).toEqual([200, 429, 200]);
});
