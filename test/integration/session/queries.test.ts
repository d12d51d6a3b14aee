import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addMember } from '../../../src/fleet/members.ts';
import { createNotesModule, type NoteHooks } from '../../fixtures/notes/index.ts';
import { DOORS, startGateway, type TestGateway } from '../../support/gateway.ts';

describe.each(DOORS)('a query (doors: %s)', (doors) => {
  const hooks: NoteHooks = {};
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway({ modules: [createNotesModule(hooks)], doors });
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  test('[SI] of two root fields sees one snapshot while another connection commits between them', async () => {
    hooks.paused = async () => {
      const query = 'mutation { addNote(input: { text: "meanwhile" }) { note { text } } }';
      expect((await gateway.ask({ tenant: 'north', query })).status).toBe(200);
    };
    const reply = await gateway.ask<{ noteCount: number; countAgain: number }>({
      tenant: 'north',
      query: '{ noteCount countAgain }',
    });
    expect(reply.body.data?.countAgain).toBe(reply.body.data?.noteCount);
    const after = await gateway.ask<{ noteCount: number }>({ tenant: 'north', query: '{ noteCount }' });
    expect(after.body.data?.noteCount).toBe(Number(reply.body.data?.noteCount) + 1);
  });

  test('[DO] that writes is refused by the database', async () => {
    const reply = await gateway.ask({ tenant: 'north', query: '{ hello writing }' });
    expect(reply.body.errors?.[0]?.path).toEqual(['writing']);
    expect(await gateway.rows('north', `select from note where text = 'from a query'`)).toEqual([]);
  });

  test('[SI] that touches no data sends nothing', async () => {
    const reply = await gateway.ask({ tenant: 'north', query: '{ hello }' });
    expect(reply.body).toEqual({ data: { hello: 'hello' } });
    expect(await gateway.logLine(reply)).toMatchObject({ statements: 0, databaseTime: 0 });
  });

  test('[RG] gives partial data beside an error', async () => {
    const reply = await gateway.ask({ tenant: 'north', query: '{ hello broken }' });
    expect(reply.status).toBe(200);
    expect(reply.body.data).toEqual({ hello: 'hello', broken: null });
    expect(reply.code).toBe('INTERNAL');
    expect(reply.text).not.toContain('private detail');
  });

  test('[EH] whose first field fails at the database says so once; the others tell of it and fill no log', async () => {
    const query = `{ first: raw(sql: "select 1 / 0") second: noteCount }`;
    const reply = await gateway.ask({ tenant: 'north', query });
    expect(reply.body.data ?? null).toBeNull();
    const logged = gateway.log.filter(
      ({ requestId, msg }) => requestId === reply.headers['x-request-id'] && msg === 'unexpected error',
    );
    expect(logged).toHaveLength(1);
    expect(JSON.stringify(logged)).toContain('division by zero');
  });

  test.each([
    ['transaction control', 'commit'],
    ['a role', 'set role none'],
    ['two statements', 'select 1; select 2'],
    ['a comment first', '/* */ commit'],
    ['another tenant', 'select * from "OTHER".note'],
    ['the catalog', 'select * from insula.tenant'],
    ['a setting', `select set_config('role', 'none', true)`],
  ])('[DO SI] with raw SQL gets no further than its session: %s', async (_what, sql) => {
    const other = sql.replace('OTHER', String(gateway.tenants.south));
    const query = 'query Raw($sql: String!) { raw(sql: $sql) }';
    const reply = await gateway.ask({ tenant: 'north', query, variables: { sql: other } });
    expect(reply.body.data).toEqual({ raw: null });
    expect(reply.body.errors).toHaveLength(1);
    const next = await gateway.ask({ tenant: 'south', query: '{ noteCount }' });
    expect(next.body.errors).toBeUndefined();
  });

  test('[AZ] a row that a policy hides does not exist: in lists, counts and nodes', async () => {
    await gateway.ask({
      tenant: 'south',
      query: 'mutation { addNote(input: { text: "open" }) { note { id } } }',
    });
    const secret = await gateway.ask<{ addNote: { note: { id: string } } }>({
      tenant: 'south',
      query: 'mutation { addNote(input: { text: "secret" }) { note { id } } }',
    });
    const id = secret.body.data?.addNote.note.id;
    const admin = `alter table note disable trigger insula_update; update note set secret = true where text = 'secret';
      alter table note enable trigger insula_update`;
    await gateway.rows('south', admin);
    const query = `query Notes($id: ID!) {
      notes { totalCount nodes { text } } node(id: $id) { id } nodes(ids: [$id]) { id }
    }`;
    const seen = async (as: string) =>
      (await gateway.ask({ tenant: 'south', as, query, variables: { id } })).body.data;
    expect(await seen('owner')).toEqual({
      notes: { totalCount: 2, nodes: [{ text: 'open' }, { text: 'secret' }] },
      node: { id },
      nodes: [{ id }],
    });
    expect(await seen('viewer')).toEqual({
      notes: { totalCount: 1, nodes: [{ text: 'open' }] },
      node: null,
      nodes: [null],
    });
  });

  test('[AZ] shows a node to those alone who may read its type', async () => {
    const added = await gateway.ask<{ addNote: { note: { id: string } } }>({
      tenant: 'south',
      query: 'mutation { addNote(input: { text: "for readers" }) { note { id } } }',
    });
    const id = added.body.data?.addNote.note.id;
    const owner = new pg.Client({ connectionString: gateway.database.url('owner') });
    await owner.connect();
    await addMember(owner, String(gateway.tenants.south), 'guest@south.example', ['guest']);
    await owner.end();
    const node = (as: string, more = '') =>
      gateway.ask({
        tenant: 'south',
        as,
        query: `query Node($id: ID!) { node(id: $id) { id ${more} } }`,
        variables: { id },
      });
    expect((await node('viewer')).body).toEqual({ data: { node: { id } } });
    expect((await node('guest')).body).toEqual({ data: { node: null } });
    const refused = await node('guest', '... on Note { text }');
    expect([refused.status, refused.code]).toEqual([403, 'FORBIDDEN']);
  });

  test('[AZ] that asks for what the caller may not see is refused whole, before anything is loaded', async () => {
    const reply = await gateway.ask({
      tenant: 'north',
      as: 'viewer',
      query: '{ noteCount secretCount again: secretCount }',
    });
    expect(reply.status).toBe(403);
    expect(reply.body.data ?? null).toBeNull();
    expect(reply.body.errors?.map(({ path, extensions }) => [path, extensions?.code])).toEqual([
      [['secretCount'], 'FORBIDDEN'],
      [['again'], 'FORBIDDEN'],
    ]);
    expect(await gateway.logLine(reply)).toMatchObject({ statements: 0, code: 'FORBIDDEN' });
  });
});
