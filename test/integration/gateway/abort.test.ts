import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createNotesModule } from '../../fixtures/notes/index.ts';
import { DOORS, startGateway, type TestGateway } from '../../support/gateway.ts';

const BUSY = 'query Busy($rows: SafeInt!) { busy(rows: $rows) }';
const FOR_MINUTES = 100_000_000_000;

describe.each(DOORS)('a client that goes away (doors: %s)', (doors) => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway({
      modules: [createNotesModule()],
      doors,
      settings: {
        INSULA_MAX_CONNECTIONS: '4',
        INSULA_STATEMENT_TIMEOUT: '60000',
        INSULA_OPERATION_TIMEOUT: '60000',
      },
    });
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  const running = async () =>
    (
      await gateway.rows(
        'north',
        `select from pg_stat_activity where usename = 'insula_gateway' and state = 'active' and datname = current_database()`,
      )
    ).length;
  async function eventually(count: number): Promise<void> {
    for (let tries = 0; tries < 200 && (await running()) !== count; tries++) await delay(10);
    expect(await running()).toBe(count);
  }
  async function abandoned(tenant: string): Promise<void> {
    const client = new AbortController();
    const asked = gateway.ask({ tenant, query: BUSY, variables: { rows: FOR_MINUTES } }, client.signal);
    await eventually(1);
    client.abort();
    await expect(asked).rejects.toThrow('abort');
    await eventually(0);
  }

  test('[SR] cancels its running statement, and is logged', async () => {
    await abandoned('north');
    await expect
      .poll(() => gateway.log.filter(({ outcome }) => outcome === 'aborted'))
      .toContainEqual(expect.objectContaining({ type: 'query', operation: 'Busy', tenant: 'north' }));
  });

  test('[SR] never cancels another tenant’s statement, and leaves clean connections', async () => {
    const others = (async () => {
      for (let round = 0; round < 60; round++) {
        const reply = await gateway.ask({ tenant: 'south', query: BUSY, variables: { rows: 20_000 } });
        expect(reply.body).toEqual({ data: { busy: 20_000 } });
      }
    })();
    for (let round = 0; round < 12; round++) {
      const client = new AbortController();
      const asked = gateway.ask(
        { tenant: 'north', query: BUSY, variables: { rows: FOR_MINUTES } },
        client.signal,
      );
      await delay(5 + round * 4);
      client.abort();
      await expect(asked).rejects.toThrow('abort');
    }
    await others;
    await eventually(0);
    const reply = await gateway.ask({
      tenant: 'north',
      query: `{ raw(sql: "select current_setting('role') as role, current_setting('search_path') as path") }`,
    });
    const { north } = gateway.tenants;
    expect(JSON.parse(String(reply.body.data?.raw))).toEqual([
      { role: north, path: expect.stringContaining(String(north)) },
    ]);
  });
});

describe.each(DOORS)('the limits of time (doors: %s)', (doors) => {
  test('[SM] a statement that takes too long is ended, and told so', async () => {
    await using gateway = await startGateway({
      modules: [createNotesModule()],
      doors,
      settings: { INSULA_STATEMENT_TIMEOUT: '150' },
    });
    const reply = await gateway.ask({ tenant: 'north', query: BUSY, variables: { rows: FOR_MINUTES } });
    expect(reply.code).toBe('STATEMENT_TIMEOUT');
  });

  test('[SM] an operation that takes too long is ended, whatever it does', async () => {
    const modules = [createNotesModule({ paused: () => delay(2_000) })];
    await using gateway = await startGateway({
      modules,
      doors,
      settings: { INSULA_OPERATION_TIMEOUT: '200' },
    });
    const reply = await gateway.ask({
      tenant: 'north',
      query: 'mutation { addNote(input: { text: "late" }) { note { text } } pause }',
    });
    expect([reply.status, reply.code]).toEqual([504, 'STATEMENT_TIMEOUT']);
    expect(reply.body.data ?? null).toBeNull();
    expect(await gateway.rows('north', `select from note where text = 'late'`)).toEqual([]);
  });

  test('[SM SI] who waits too long for a connection is sent away, and may come back', async () => {
    await using gateway = await startGateway({
      modules: [createNotesModule()],
      doors,
      settings: {
        INSULA_MAX_CONNECTIONS: '1',
        INSULA_CONNECTION_TIMEOUT: '100',
        INSULA_STATEMENT_TIMEOUT: '1500',
      },
    });
    const long = gateway.ask({ tenant: 'north', query: BUSY, variables: { rows: FOR_MINUTES } });
    await delay(100);
    const reply = await gateway.ask({ tenant: 'south', query: '{ hello noteCount }' });
    expect(reply.code).toBe('DATABASE_BUSY');
    const mutation = await gateway.ask({
      tenant: 'south',
      query: 'mutation { addNote(input: { text: "no room" }) { note { text } } }',
    });
    expect([mutation.status, mutation.code]).toEqual([503, 'DATABASE_BUSY']);
    expect(mutation.headers['retry-after']).toMatch(/^\d+$/);
    await long;
    expect((await gateway.ask({ tenant: 'south', query: '{ noteCount }' })).body.data).toEqual({
      noteCount: 0,
    });
  });
});
