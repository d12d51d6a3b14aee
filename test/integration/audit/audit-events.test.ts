import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { problems } from '../../../src/module.ts';
import { createNotesModule } from '../../fixtures/notes/index.ts';
import { DOORS, startGateway, type TestGateway } from '../../support/gateway.ts';

const ADD = 'mutation Add($text: String!) { addNote(input: { text: $text }) { note { id } } }';
const EVENTS = `query Trail($filter: AuditEventFilter, $first: Int, $after: String) {
  auditEvents(filter: $filter, first: $first, after: $after) {
    nodes { at actor operation requestId relation action key nodeId old new code fields }
    pageInfo { hasNextPage endCursor }
  }
}`;

interface Event {
  readonly requestId: string;
  readonly action: string;
  readonly nodeId: string | null;
  readonly new: Record<string, unknown> | null;
}
interface Trail {
  readonly auditEvents: {
    readonly nodes: readonly Event[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
  };
}

describe.each(DOORS)('the audit trail in the API (doors: %s)', (doors) => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway({
      modules: [createNotesModule({ paused: () => Promise.reject(problems.FORBIDDEN('Not on a Sunday.')) })],
      doors,
      settings: { INSULA_FAILURES_PER_MINUTE: '20' },
    });
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  const add = (text: string, as = 'owner') =>
    gateway.ask<{ addNote: { note: { id: string } } }>({
      tenant: 'north',
      as,
      query: ADD,
      variables: { text },
    });

  async function trail(variables: object, tenant = 'north', as = 'owner') {
    const reply = await gateway.ask<Trail>({ tenant, as, query: EVENTS, variables });
    expect(reply.body.errors).toBeUndefined();
    return reply.body.data?.auditEvents ?? expect.fail(reply.text);
  }
  const eventsOf = async (reply: { headers: Record<string, unknown> }, tenant?: string) =>
    (await trail({ filter: { requestId: reply.headers['x-request-id'] } }, tenant)).nodes;

  test('[AL TA] a mutation, a failed mutation and a denial are found by the owner', async () => {
    const done = await add('in the trail');
    const id = done.body.data?.addNote.note.id;
    expect(await eventsOf(done)).toEqual([
      {
        at: expect.stringMatching(/^\d{4}-/),
        actor: 'user:owner@north.example',
        operation: 'Add',
        requestId: done.headers['x-request-id'],
        relation: 'note',
        action: 'INSERT',
        key: { id: expect.any(String) },
        nodeId: id,
        old: null,
        new: expect.objectContaining({ text: 'in the trail', version: 1 }),
        code: null,
        fields: null,
      },
    ]);

    const query = 'mutation Refused { addNote(input: { text: "gone again" }) { note { id } } no: refuse }';
    const failed = await gateway.ask({ tenant: 'north', as: 'accountant', query });
    expect(failed.status).toBe(409);
    expect(await eventsOf(failed)).toEqual([
      expect.objectContaining({
        actor: 'user:accountant@north.example',
        operation: 'Refused',
        relation: null,
        action: 'FAILED',
        key: null,
        nodeId: null,
        new: null,
        code: 'NOTE_REFUSED',
        fields: ['no'],
      }),
    ]);

    const denied = await add('not allowed', 'viewer');
    expect(denied.status).toBe(403);
    expect(await eventsOf(denied)).toEqual([
      expect.objectContaining({
        actor: 'user:viewer@north.example',
        operation: 'Add',
        action: 'REFUSED',
        code: 'FORBIDDEN',
        fields: ['Mutation.addNote'],
      }),
    ]);
  });

  test('[AZ] is refused to a viewer, and that is in it', async () => {
    const reply = await gateway.ask({ tenant: 'north', as: 'viewer', query: EVENTS });
    expect([reply.status, reply.code, reply.body.data]).toEqual([403, 'FORBIDDEN', undefined]);
    expect(await eventsOf(reply)).toContainEqual(
      expect.objectContaining({ action: 'REFUSED', fields: expect.arrayContaining(['Query.auditEvents']) }),
    );
  });

  test('[AZ] what a service denies inside a query or a mutation is a denial too', async () => {
    for (const query of ['query Part { hello paused }', 'mutation Whole { pause }']) {
      const reply = await gateway.ask({ tenant: 'north', query });
      expect(reply.code).toBe('FORBIDDEN');
      const fields = [query.includes('paused') ? 'paused' : 'pause'];
      expect(await eventsOf(reply)).toEqual([expect.objectContaining({ action: 'REFUSED', fields })]);
    }
  });

  test('[TA] what broke unexpectedly is in it with the code of its reply, and no detail', async () => {
    const reply = await gateway.ask({ tenant: 'north', query: 'mutation { break }' });
    const events = await eventsOf(reply);
    expect(events).toEqual([
      expect.objectContaining({ action: 'FAILED', code: 'INTERNAL', fields: ['break'] }),
    ]);
    expect(JSON.stringify(events)).not.toContain('private detail');
  });

  test('[TA] whoever is no member leaves a line in the log alone', async () => {
    const authorization = `Bearer ${await gateway.token('owner@south.example')}`;
    const reply = await gateway.ask({
      tenant: 'north',
      as: null,
      query: 'mutation { refuse }',
      headers: { authorization },
    });
    expect(reply.status).toBe(403);
    expect(await gateway.logLine(reply)).toMatchObject({ code: 'NOT_A_MEMBER' });
    const found = await gateway.rows('north', `select from operation where actor like '%@south.example'`);
    expect(found).toEqual([]);
  });

  test('[TI] is of this tenant alone', async () => {
    const reply = await add('northern');
    expect(await eventsOf(reply)).toHaveLength(1);
    expect(await eventsOf(reply, 'south')).toEqual([]);
  });

  test('[TA] pages keep their place while events are added', async () => {
    const replies = [await add('page 1'), await add('page 2'), await add('page 3'), await add('page 4')];
    const ids = replies.map(({ headers }) => headers['x-request-id']).reverse();
    const filter = { action: ['INSERT'], operation: 'Add' };
    const first = await trail({ filter, first: 2 });
    expect(first.nodes.map(({ requestId }) => requestId)).toEqual(ids.slice(0, 2));
    expect(first.pageInfo.hasNextPage).toBe(true);
    await add('while reading');
    const second = await trail({ filter, first: 2, after: first.pageInfo.endCursor });
    expect(second.nodes.map(({ requestId }) => requestId)).toEqual(ids.slice(2));
  });

  test('[TA] is filtered by row, actor, action, relation and time', async () => {
    const reply = await add('to be found');
    const [event] = await eventsOf(reply);
    const nodeId = event?.nodeId;
    const requests = async (filter: object) =>
      (await trail({ filter })).nodes.map(({ requestId }) => requestId);
    const own = reply.headers['x-request-id'];
    expect(await requests({ nodeId })).toEqual([own]);
    expect(
      await requests({ nodeId, relation: 'note', actor: 'user:owner@north.example', action: ['INSERT'] }),
    ).toEqual([own]);
    expect(await requests({ nodeId, action: ['UPDATE', 'DELETE'] })).toEqual([]);
    expect(await requests({ nodeId, actor: 'user:nobody' })).toEqual([]);
    expect(await requests({ relation: 'invoice' })).toEqual([]);
    await delay(5);
    const now = new Date().toISOString();
    expect(await requests({ nodeId, since: now })).toEqual([]);
    expect(await requests({ nodeId, until: now })).toEqual([own]);
  });

  test.each([
    ['a global id of something else', { filter: { nodeId: Buffer.from('Viewer:7').toString('base64url') } }],
    ['a cursor of something else', { after: Buffer.from('["1","x","2"]').toString('base64url') }],
  ])('[DV] %s is an error of the client', async (_what, variables) => {
    const reply = await gateway.ask({ tenant: 'north', query: EVENTS, variables });
    expect([reply.status, reply.code]).toEqual([400, 'BAD_USER_INPUT']);
  });

  test('[SM] a flood of failures of one tenant is bounded, counted, and no burden to others', async () => {
    const refuse = (tenant: string) => gateway.ask({ tenant, query: 'mutation Flood { refuse }' });
    const replies = await Promise.all(Array.from({ length: 50 }, () => refuse('north')));
    expect(new Set(replies.map(({ code }) => code))).toEqual(new Set(['NOTE_REFUSED']));
    const [row] = await gateway.rows<{ n: number }>(
      'north',
      `select count(*)::int as n from audit where action = 'F'`,
    );
    expect(row?.n).toBeGreaterThan(0);
    expect(row?.n).toBeLessThanOrEqual(25);
    const { text } = await gateway.send({ method: 'GET', path: '/metrics' });
    const dropped = Number(/insula_audit_unrecorded_total\{reason="limit"\} (\d+)/.exec(text)?.[1]);
    expect(dropped).toBeGreaterThanOrEqual(25);
    expect(await eventsOf(await refuse('south'), 'south')).toHaveLength(1);
  });
});
