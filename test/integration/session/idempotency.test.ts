import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addMember } from '../../../src/fleet/members.ts';
import { createNotesModule, type NoteHooks } from '../../fixtures/notes/index.ts';
import { DOORS, startGateway, type TestGateway, uniqueKey } from '../../support/gateway.ts';

const ADD = 'mutation Add($text: String!) { addNote(input: { text: $text }) { note { id text } } }';

describe.each(DOORS)('an Idempotency-Key (doors: %s)', (doors) => {
  const hooks: NoteHooks = {};
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway({ modules: [createNotesModule(hooks)], doors });
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  const add = (text: string, key: string, tenant = 'north') =>
    gateway.ask({ tenant, query: ADD, variables: { text }, headers: { 'idempotency-key': key } });
  const count = async (text: string, tenant = 'north') =>
    (await gateway.rows(tenant, 'select from note where text = $1', [text])).length;

  test('[SC] with fifty concurrent repetitions has one effect and one reply', async () => {
    const key = uniqueKey();
    const replies = await Promise.all(Array.from({ length: 50 }, () => add('once', key)));
    expect(new Set(replies.map(({ text }) => text)).size).toBe(1);
    expect(replies.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 200));
    expect(await count('once')).toBe(1);
  });

  test('[SC] with another body is refused', async () => {
    const key = uniqueKey();
    await add('the first body', key);
    const reply = await add('the second body', key);
    expect(reply.status).toBe(409);
    expect(reply.code).toBe('IDEMPOTENCY_KEY_REUSED');
    expect(await count('the second body')).toBe(0);
  });

  test('[SC] of a mutation that failed is free again', async () => {
    const key = uniqueKey();
    expect((await add('forbidden', key)).status).toBe(409);
    const query = 'mutation { addNote(input: { text: "after the failure" }) { note { text } } }';
    const reply = await gateway.ask({ tenant: 'north', query, headers: { 'idempotency-key': key } });
    expect(reply.status).toBe(200);
    expect(await count('after the failure')).toBe(1);
  });

  test('[SC AZ] of a caller whose roles changed is no key to the reply from before', async () => {
    const key = uniqueKey();
    expect((await add('seen as owner', key)).status).toBe(200);
    const owner = new pg.Client({ connectionString: gateway.database.url('owner') });
    await owner.connect();
    const change = (...roles: string[]) =>
      addMember(owner, String(gateway.tenants.north), 'owner@north.example', roles);
    await change('accountant');
    await expect.poll(async () => (await add('seen as owner', key)).code).toBe('IDEMPOTENCY_KEY_REUSED');
    await change('owner');
    await expect.poll(async () => (await add('seen as owner', key)).status).toBe(200);
    await owner.end();
    expect(await count('seen as owner')).toBe(1);
  });

  test('[SC] is the tenant’s own', async () => {
    const key = uniqueKey();
    await add('mine', key, 'north');
    expect((await add('mine', key, 'south')).status).toBe(200);
    expect([await count('mine', 'north'), await count('mine', 'south')]).toEqual([1, 1]);
  });

  test('[DV] that is empty or beyond all measure is refused', async () => {
    expect((await add('too long', 'k'.repeat(300))).code).toBe('BAD_REQUEST');
    expect((await add('empty', '')).code).toBe('BAD_REQUEST');
  });
});
