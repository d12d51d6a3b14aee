import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createNotesModule } from '../../fixtures/notes/index.ts';
import { DOORS, startGateway, type TestGateway } from '../../support/gateway.ts';

const ADD = 'mutation Add($text: String!) { addNote(input: { text: $text }) { note { text version } } }';

describe.each(DOORS)('a mutation (doors: %s)', (doors) => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway({ modules: [createNotesModule()], doors });
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  const texts = async (tenant = 'north') =>
    (await gateway.rows<{ text: string }>(tenant, 'select text from note order by text')).map(
      ({ text }) => text,
    );

  test('[SC TA] is committed before its reply, with its audit row', async () => {
    const reply = await gateway.ask({ tenant: 'north', query: ADD, variables: { text: 'kept' } });
    expect(reply.body).toEqual({ data: { addNote: { note: { text: 'kept', version: 1 } } } });
    expect(reply.status).toBe(200);
    expect(await texts()).toContain('kept');
    const audit = await gateway.rows(
      'north',
      `select o.actor, o.name, o.request_id, a.relation, a.action::text, a.new ->> 'text' as text
       from audit a join operation o using (seg, xid) where a.new ->> 'text' = 'kept'`,
    );
    expect(audit).toEqual([
      {
        actor: 'user:owner@north.example',
        name: 'Add',
        request_id: reply.headers['x-request-id'],
        relation: 'note',
        action: 'I',
        text: 'kept',
      },
    ]);
    const line = await gateway.logLine(reply);
    expect(line).toMatchObject({ status: 200, outcome: 'ok', operation: 'Add', type: 'mutation' });
  });

  test('[SC] of three fields whose last fails leaves nothing', async () => {
    const query = `mutation Three {
      a: addNote(input: { text: "first of three" }) { note { text } }
      b: addNote(input: { text: "second of three" }) { note { text } }
      refuse
    }`;
    const reply = await gateway.ask({ tenant: 'north', query });
    expect(reply.body.data).toBeNull();
    expect(reply.body.errors).toEqual([
      expect.objectContaining({ message: 'The note is not wanted.', path: ['refuse'] }),
    ]);
    expect(reply.code).toBe('NOTE_REFUSED');
    expect(reply.status).toBe(409);
    expect(await texts()).not.toContain('first of three');
    expect(await gateway.rows('north', `select from audit where new ->> 'text' like '% of three'`)).toEqual(
      [],
    );
    expect(await gateway.logLine(reply)).toMatchObject({
      status: 409,
      outcome: 'error',
      code: 'NOTE_REFUSED',
    });
  });

  test('[SC EH] whose resolver rejects unexpectedly is rolled back, masked, and logged whole', async () => {
    const query = 'mutation { addNote(input: { text: "before the break" }) { note { text } } break }';
    const reply = await gateway.ask({ tenant: 'north', query });
    expect(reply.body.data).toBeNull();
    expect(reply.code).toBe('INTERNAL');
    expect(reply.status).toBe(500);
    expect(reply.text).not.toContain('private detail');
    expect(await texts()).not.toContain('before the break');
    const logged = gateway.log.filter(({ requestId }) => requestId === reply.headers['x-request-id']);
    expect(JSON.stringify(logged)).toContain('a private detail');
  });

  test('[SC] whose deferred constraint fails at COMMIT is an error, never a success', async () => {
    const query = `mutation Slot($text: String!) { addNote(input: { text: $text, slot: 7 }) { note { slot } } }`;
    const first = await gateway.ask({ tenant: 'north', query, variables: { text: 'holds seven' } });
    expect(first.status).toBe(200);
    const second = await gateway.ask({ tenant: 'north', query, variables: { text: 'wants seven' } });
    expect(second.body.data).toBeNull();
    expect(second.code).toBe('CONSTRAINT_VIOLATION');
    expect(second.status).toBe(409);
    expect(await texts()).not.toContain('wants seven');
  });

  test('[DO] that breaks a check of the database is told so, without the names of tables', async () => {
    const reply = await gateway.ask({ tenant: 'north', query: ADD, variables: { text: 'forbidden' } });
    expect(reply.code).toBe('CONSTRAINT_VIOLATION');
    expect(reply.status).toBe(409);
    expect(reply.text).not.toContain('note_text');
  });

  test('[DV] with faults in its input is told all of them, with their paths, and touches nothing', async () => {
    const query = 'mutation { addNote(input: { text: "   ", slot: 5000 }) { note { text } } }';
    const reply = await gateway.ask({ tenant: 'north', query });
    expect(reply.status).toBe(400);
    expect(reply.code).toBe('BAD_USER_INPUT');
    const issues = reply.body.errors?.flatMap(({ extensions }) => extensions?.issues ?? []);
    expect(issues?.map(({ path }) => path)).toEqual([
      ['input', 'text'],
      ['input', 'slot'],
    ]);
    expect(await gateway.logLine(reply)).toMatchObject({ statements: 0 });
  });

  test.each([
    ['40001', 'a serialization failure', 'stumbled'],
    ['40P01', 'a deadlock', 'stumbled'],
    ['0A000', 'a plan from before a migration', 'cached plan must not change result type'],
  ])('[SC RS] is repeated in a new scope after %s, %s', async (code, _what, message) => {
    const query = `mutation Again($code: String!, $message: String!) {
      addNote(input: { text: "again" }) { note { text } }
      stumble(code: $code, times: 2, message: $message)
    }`;
    const before = (await texts()).filter((text) => text === 'again').length;
    const reply = await gateway.ask({ tenant: 'north', query, variables: { code, message } });
    expect(reply.body.errors).toBeUndefined();
    expect((await texts()).filter((text) => text === 'again')).toHaveLength(before + 1);
    expect(await gateway.logLine(reply)).toMatchObject({ attempts: 3 });
  });

  test('[SC] that is refused for another’s sake again and again ends as a conflict', async () => {
    const query = 'mutation { stumble(code: "40001", times: 1000) }';
    const reply = await gateway.ask({ tenant: 'south', query });
    expect(reply.code).toBe('CONFLICT');
    expect(reply.status).toBe(409);
    expect(reply.body.data).toBeNull();
  });

  test('[DO] written as raw SQL is audited too', async () => {
    const query = 'mutation { addRaw(text: "by hand") }';
    expect((await gateway.ask({ tenant: 'south', query })).status).toBe(200);
    const audit = await gateway.rows(
      'south',
      `select action::text from audit where new ->> 'text' = 'by hand'`,
    );
    expect(audit).toEqual([{ action: 'I' }]);
  });

  test('[SI] of one tenant leaves nothing at another', async () => {
    await gateway.ask({ tenant: 'north', query: ADD, variables: { text: 'northern' } });
    expect(await texts('south')).not.toContain('northern');
  });
});
