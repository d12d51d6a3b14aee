import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createNotesModule, type NoteHooks } from '../../fixtures/notes/index.ts';
import { type Ask, DOORS, startGateway, type TestGateway } from '../../support/gateway.ts';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';

describe.each(DOORS)('a query that sent one statement when it was last asked (doors: %s)', (doors) => {
  const hooks: NoteHooks = {};
  let proxy: TcpProxy;
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway({
      modules: [createNotesModule(hooks)],
      doors,
      async through(url) {
        proxy = await startTcpProxy(url);
        return proxy.through(url);
      },
    });
    const add = (text: string) => ({
      tenant: 'north',
      query: 'mutation Add($text: String!) { addNote(input: { text: $text }) { note { id } } }',
      variables: { text },
    });
    for (const text of ['first', 'second', 'third']) await gateway.ask(add(text));
  });
  afterEach(() => {
    delete hooks.paused;
  });
  afterAll(async () => {
    await gateway[Symbol.asyncDispose]();
    await proxy[Symbol.asyncDispose]();
  });

  /** The reply, how many answers the database was asked for, and how many statements the log has. */
  async function ask(query: string, more: Partial<Ask> = {}) {
    const before = proxy.sent.length;
    const reply = await gateway.ask<Record<string, unknown>>({ tenant: 'north', query, ...more });
    // The end of an ordinary read is not waited for.
    await sleep(20);
    const trips = proxy.sent.slice(before).filter(({ type }) => type === 'S').length;
    const { statements } = (await gateway.logLine(reply)) ?? {};
    return { status: reply.status, body: reply.body, trips, statements };
  }

  test('[SI PR] is sent with nothing around it from then on', async () => {
    const query = '{ single: noteCount }';
    const first = await ask(query);
    expect(first).toMatchObject({ body: { data: { single: 3 } }, statements: 1, trips: 2 });
    expect(await ask(query)).toEqual({ ...first, trips: 1 });
    expect(await ask(query)).toEqual({ ...first, trips: 1 });
  });

  test.each<[string, string, Partial<Ask>?]>([
    [
      'a page',
      '{ notes(first: 2) { totalCount pageInfo { endCursor } edges { cursor node { id text slot } } } }',
    ],
    ['no row', '{ node(id: "Tm90ZTowMDAwMDAwMC0wMDAwLTAwMDAtMDAwMC0wMDAwMDAwMDAwMDA") { id } }'],
    ['rows under a policy', '{ notes { nodes { text } } }', { as: 'viewer' }],
    ['a write', '{ writing }'],
    ['a failure', '{ hello raw(sql: "select 1 / 0") }'],
    ['another tenant', '{ raw(sql: "select * from insula.tenant") }'],
    ['two statements in one', '{ raw(sql: "select 1; select 2") }'],
    [
      'a value that is none',
      'query Id($sql: String!) { raw(sql: $sql) }',
      { variables: { sql: `select 'x'::int` } },
    ],
  ])('[DO SI RG] gets the same reply as before: %s', async (_what, query, more) => {
    const before = await ask(query, more);
    const again = await ask(query, more);
    expect([again.status, again.body.data]).toEqual([before.status, before.body.data]);
    expect(again.body.errors?.map(({ message, path }) => [message, path])).toEqual(
      before.body.errors?.map(({ message, path }) => [message, path]),
    );
    expect(await gateway.rows('north', `select from note where text = 'from a query'`)).toEqual([]);
  });

  test('[SI] runs as its own tenant, whoever asked the same before', async () => {
    const query = '{ raw(sql: "select current_user as me") }';
    for (const tenant of ['north', 'south', 'north', 'south']) {
      const { body } = await ask(query, { tenant });
      expect(body.data).toEqual({ raw: JSON.stringify([{ me: gateway.tenants[tenant] }]) });
    }
  });

  test('[SI] and now sends two is read again from one snapshot, and expected to send two from then on', async () => {
    const query = '{ again: countAgain }';
    expect(await ask(query)).toMatchObject({ statements: 1, trips: 2 });
    const seen: unknown[] = [];
    hooks.paused = async ({ em }) => {
      seen.push((await em.execute('select count(*)::int as n from note'))[0]?.n);
      const more = 'mutation { addNote(input: { text: "meanwhile" }) { note { id } } }';
      expect((await gateway.ask({ tenant: 'north', query: more })).status).toBe(200);
    };
    const two = await ask(query);
    expect(seen).toHaveLength(2);
    expect(two).toMatchObject({ body: { data: { again: seen[1] } }, statements: 3 });
    expect(two.body.errors).toBeUndefined();
    delete hooks.paused;
    expect(await ask(query)).toMatchObject({ statements: 1, trips: 2 });
    expect(await ask(query)).toMatchObject({ statements: 1, trips: 2 });
  });

  test('[SI] and now sends two is read again even where a resolver keeps the refusal to itself', async () => {
    const query = '{ kept: paused }';
    const outcomes: unknown[] = [];
    hooks.paused = async ({ em }) => {
      await em.execute('select 1');
    };
    await ask(query);
    hooks.paused = async ({ em }) => {
      await em.execute('select 1');
      outcomes.push(await em.execute('select 2 as two').catch(() => 'refused'));
    };
    expect(await ask(query)).toMatchObject({ body: { data: { kept: true } }, statements: 3 });
    expect(outcomes).toEqual(['refused', [{ two: 2 }]]);
  });
});
