import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addMember, removeMember } from '../../../src/fleet/members.ts';
import { resumeTenant, suspendTenant } from '../../../src/fleet/tenants.ts';
import { createNotesModule, type NoteHooks } from '../../fixtures/notes/index.ts';
import { type GraphQLReply, startGateway, type TestGateway } from '../../support/gateway.ts';

const ADD = 'mutation { addNote(input: { text: "late" }) { note { text } } pause }';

/** Milliseconds. */
const FELT_WITHIN = 1_000;

describe('what operators change', () => {
  const hooks: NoteHooks = {};
  let one: TestGateway;
  let two: TestGateway;
  let owner: pg.Client;
  beforeAll(async () => {
    one = await startGateway({ modules: [createNotesModule(hooks)] });
    two = await startGateway({ modules: [createNotesModule(hooks)], beside: one });
    owner = new pg.Client({ connectionString: one.database.url('owner') });
    await owner.connect();
  });
  afterAll(async () => {
    await owner.end();
    await two[Symbol.asyncDispose]();
    await one[Symbol.asyncDispose]();
  });
  beforeEach(() => {
    hooks.paused = async () => {};
  });

  const north = () => String(one.tenants.north);
  const hello = (gateway: TestGateway, as = 'accountant') =>
    gateway.ask({ tenant: 'north', as, query: '{ hello }' });
  /** Milliseconds until every gateway answers so. */
  async function until(test: (reply: GraphQLReply<unknown>) => boolean, as?: string): Promise<number> {
    const began = performance.now();
    for (;;) {
      const replies = await Promise.all([hello(one, as), hello(two, as)]);
      if (replies.every(test)) return performance.now() - began;
      if (performance.now() - began > 5_000) throw new Error('It never happened.');
      await delay(5);
    }
  }

  test('[TI] a suspension is felt by every gateway within a second, and its end too', async () => {
    await until(({ status }) => status === 200);
    await suspendTenant(owner, 'north');
    expect(await until(({ code }) => code === 'TENANT_SUSPENDED')).toBeLessThan(FELT_WITHIN);
    expect((await hello(one)).status).toBe(403);
    await resumeTenant(owner, 'north');
    expect(await until(({ status }) => status === 200)).toBeLessThan(FELT_WITHIN);
  });

  test('[AN] a revoked membership beats the verified token within a second', async () => {
    const subject = 'accountant@north.example';
    await until(({ status }) => status === 200);
    await removeMember(owner, north(), subject);
    expect(await until(({ code }) => code === 'NOT_A_MEMBER')).toBeLessThan(FELT_WITHIN);
    await addMember(owner, north(), subject, ['accountant']);
    await until(({ status }) => status === 200);
  });

  test('[AN SC] a membership that is revoked while a mutation runs is noticed before the commit', async () => {
    hooks.paused = async () => {
      await removeMember(owner, north(), 'accountant@north.example');
      await delay(FELT_WITHIN);
    };
    const reply = await one.ask({ tenant: 'north', as: 'accountant', query: ADD });
    expect(reply.status).toBe(403);
    expect(reply.body.data ?? null).toBeNull();
    expect(await one.rows('north', `select from note where text = 'late'`)).toEqual([]);
    await addMember(owner, north(), 'accountant@north.example', ['accountant']);
    await until(({ status }) => status === 200);
  });

  test('[TI SC] a suspension while a mutation runs is noticed before the commit', async () => {
    hooks.paused = async () => {
      await suspendTenant(owner, 'north');
      await delay(FELT_WITHIN);
    };
    const reply = await one.ask({ tenant: 'north', as: 'accountant', query: ADD });
    expect(reply.status).toBe(403);
    expect(await one.rows('north', `select from note where text = 'late'`)).toEqual([]);
    await resumeTenant(owner, 'north');
    await until(({ status }) => status === 200);
  });
});
