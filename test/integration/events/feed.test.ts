import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Problem } from '../../../src/errors/define.ts';
import { type EventFeedOptions, openEventFeed } from '../../../src/events/feed.ts';
import { createLogger } from '../../../src/telemetry/logger.ts';
import { openBlackHoleProxy } from '../../support/black-hole-proxy.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';

const TENANT = 't_0000000000000001';
const OTHER = 't_0000000000000002';

let database: TestDatabase;
let admin: pg.Pool;
beforeAll(async () => {
  database = await createDatabase();
  admin = new pg.Pool({ connectionString: database.adminUrl, max: 20 });
});
afterAll(async () => {
  await admin.end();
  await database[Symbol.asyncDispose]();
});

const open = (options: Partial<EventFeedOptions> = {}) =>
  openEventFeed({
    url: database.url('directory'),
    every: 20,
    logger: createLogger({ level: 'silent' }),
    ...options,
  });
type Feed = ReturnType<typeof open>;

/** A subscriber that keeps all that it hears. */
async function listen(feed: Feed, tenant = TENANT, topic = 'a:b') {
  const controller = new AbortController();
  const heard: unknown[] = [];
  const ends: (Problem | undefined)[] = [];
  const end = (problem?: Problem) => {
    ends.push(problem);
    controller.abort();
  };
  const events = await feed.subscribe({ tenant, topic, signal: controller.signal, end });
  const over = (async () => {
    for await (const event of events) heard.push(event);
  })();
  return { heard, ends, over, leave: () => controller.abort() };
}

const INSERT = 'insert into insula.event (tenant, topic, payload) values ($1, $2, $3)';
const publish = (payload: unknown, tenant = TENANT, topic = 'a:b', client: pg.Pool | pg.PoolClient = admin) =>
  client.query(INSERT, [tenant, topic, JSON.stringify(payload)]);

/** Publishes in a transaction that stays open for a while. */
async function publishSlowly(payload: unknown, milliseconds: number, ending: 'commit' | 'rollback') {
  const client = await admin.connect();
  try {
    await client.query('begin');
    await publish(payload, TENANT, 'a:b', client);
    await delay(milliseconds);
    await client.query(ending);
  } finally {
    client.release();
  }
}

describe('the feed of events', () => {
  test('[RD DO] loses and doubles nothing, however transactions overlap', async () => {
    await using feed = open();
    const first = await listen(feed);
    const expected: number[] = [];
    const work = Array.from({ length: 16 }, async (_, writer) => {
      for (let round = 0; round < 12; round++) {
        const payload = writer * 1_000 + round;
        const ending = Math.random() < 0.25 ? 'rollback' : 'commit';
        if (ending === 'commit') expected.push(payload);
        await publishSlowly(payload, Math.random() * 60, ending);
      }
    });
    await Promise.all(work);
    await expect.poll(() => first.heard.length).toBe(expected.length);
    await delay(100);
    expect(first.heard.toSorted()).toEqual(expected.toSorted());
  });

  test("[RD] hears only of its tenant's topic, and only of what comes after it subscribed", async () => {
    await using feed = open();
    await publish('too early');
    const one = await listen(feed);
    const other = await listen(feed, OTHER);
    await publish('of another tenant', OTHER);
    await publish('of another topic', TENANT, 'c:d');
    await publish('mine');
    await expect.poll(() => [one.heard, other.heard]).toEqual([['mine'], ['of another tenant']]);
  });

  test('[SR] asks nothing while nobody listens', async () => {
    await using proxy = await openBlackHoleProxy(database.url('directory'));
    await using feed = open({ url: proxy.url });
    await delay(100);
    expect(proxy.connections).toBe(0);
    const one = await listen(feed);
    one.leave();
    await one.over;
    await delay(100);
    const before = proxy.bytes;
    await delay(200);
    expect(proxy.bytes).toBe(before);
  });

  test('[RD EH] what was published while the database could not be reached comes afterwards', async () => {
    await using proxy = await openBlackHoleProxy(database.url('directory'));
    await using feed = open({ url: proxy.url, timeout: 500 });
    const one = await listen(feed);
    await publish('before');
    await expect.poll(() => one.heard).toEqual(['before']);
    proxy.goSilent();
    await publish('meanwhile');
    await expect(listen(feed)).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    proxy.recover();
    await publish('after');
    await expect.poll(() => one.heard, { timeout: 5_000 }).toEqual(['before', 'meanwhile', 'after']);
    expect(one.ends).toEqual([]);
  });

  test('[RD EH] past its patience it ends subscriptions rather than leave a gap unsaid', async () => {
    await using proxy = await openBlackHoleProxy(database.url('directory'));
    await using feed = open({ url: proxy.url, timeout: 500, patience: 700 });
    const one = await listen(feed);
    proxy.goSilent();
    await one.over;
    expect(one.ends).toMatchObject([{ code: 'DATABASE_UNAVAILABLE' }]);
  });

  test('[SR] closing completes all, and refuses new ones', async () => {
    const feed = open();
    const one = await listen(feed);
    await feed[Symbol.asyncDispose]();
    await one.over;
    expect(one.ends).toEqual([undefined]);
    await expect(listen(feed)).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
  });
});

describe('publishing', () => {
  const asTenant = async <Result>(work: (client: pg.PoolClient, tenant: string) => Promise<Result>) => {
    const client = await admin.connect();
    try {
      const { rows } = await client.query<{ id: string }>(`select id from insula.tenant where slug = 'acme'`);
      const id = String(rows[0]?.id);
      await client.query('begin');
      await client.query(
        `insert into ${id}.operation (seg, id, actor, name, request_id)
         select n, gen_random_uuid(), 'user:test', 'test', 'test' from insula.segment`,
      );
      await client.query(`set local role ${id}`);
      return await work(client, id);
    } finally {
      await client.query('rollback');
      client.release();
    }
  };
  const call = `select insula_event.publish('a:b', '{"id": 1}')`;

  test('[DO] an event is the active tenant’s', async () => {
    await asTenant(async (client, tenant) => {
      await client.query(call);
      await client.query('reset role');
      const { rows } = await client.query(
        'select tenant, topic, payload from insula.event order by id desc limit 1',
      );
      expect(rows).toEqual([{ tenant, topic: 'a:b', payload: { id: 1 } }]);
    });
  });

  test.each([
    ['more than 1000 events in a transaction', `${call} from generate_series(1, 1001)`, '54000'],
    ['a large payload', `select insula_event.publish('a:b', to_jsonb(repeat('x', 5000)))`, '23514'],
    ['a long topic', `select insula_event.publish(repeat('x', 101), '{}')`, '23514'],
  ])('[SM] is refused: %s', async (_what, sql, code) => {
    await asTenant(async (client) => {
      await expect(client.query(sql)).rejects.toMatchObject({ code });
    });
  });

  test('[SR] takes events away when they are old, and no others', async () => {
    await admin.query('delete from insula.event');
    await admin.query(
      `insert into insula.event (tenant, topic, payload, at)
       select $1, 'a:b', '{}', now() - interval '11 minutes' from generate_series(1, 300)`,
      [TENANT],
    );
    await admin.query(INSERT, [TENANT, 'a:b', '"young"']);
    await asTenant(async (client) => {
      await client.query(`${call} from generate_series(1, 300)`);
      await client.query('reset role');
      const { rows } = await client.query(
        `select count(*)::int as old from insula.event where at < now() - interval '10 minutes'`,
      );
      expect(rows).toEqual([{ old: 0 }]);
      const young = await client.query(`select from insula.event where payload = '"young"'`);
      expect(young.rowCount).toBe(1);
    });
  });
});
