import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createNotesModule } from '../../fixtures/notes/index.ts';
import { DOORS, startGateway, type TestGateway } from '../../support/gateway.ts';

const folder = mkdtempSync(join(tmpdir(), 'insula-manifests-'));
const manifest = join(folder, 'web.json');
writeFileSync(
  manifest,
  JSON.stringify({
    count: 'query Count { notes { totalCount } }',
    add: 'mutation Add($text: String!) { addNote(input: { text: $text }) { note { text } } }',
    secret: 'query Secret { notes { nodes { nope } } }',
  }),
);
afterAll(() => rmSync(folder, { recursive: true }));

const named = (sha256Hash: string, more: object = {}) => ({
  extensions: { persistedQuery: { version: 1, sha256Hash } },
  ...more,
});

describe.each(DOORS)('trusted documents (doors: %s)', (doors) => {
  let open: TestGateway;
  let closed: TestGateway;
  beforeAll(async () => {
    const modules = [createNotesModule()];
    open = await startGateway({ modules, doors, settings: { INSULA_TRUSTED_DOCUMENTS: manifest } });
    closed = await startGateway({
      modules,
      doors,
      beside: open,
      settings: { INSULA_TRUSTED_DOCUMENTS: manifest, INSULA_TRUSTED_DOCUMENTS_ONLY: 'true' },
    });
  });
  afterAll(async () => {
    await closed[Symbol.asyncDispose]();
    await open[Symbol.asyncDispose]();
  });

  const post = async (gateway: TestGateway, body: object, as = 'owner') =>
    gateway.send({
      headers: {
        host: `north.localhost:${gateway.port}`,
        authorization: `Bearer ${await gateway.token(`${as}@north.example`)}`,
        'content-type': 'application/json',
        accept: 'application/graphql-response+json',
      },
      body: JSON.stringify(body),
    });

  test('[SM] run by their ids, with variables, again and again', async () => {
    for (const gateway of [open, closed]) {
      for (let turn = 0; turn < 2; turn++) {
        expect((await post(gateway, named('count'))).body).toEqual({
          data: { notes: { totalCount: expect.any(Number) } },
        });
        const added = await post(gateway, named('add', { variables: { text: 'hello' } }));
        expect(added.body).toEqual({ data: { addNote: { note: { text: 'hello' } } } });
        expect(await gateway.logLine(added)).toMatchObject({ type: 'mutation', operation: 'Add' });
      }
    }
  });

  test('[SM] where nothing else runs, any other document is refused, also one that is on the list', async () => {
    for (const query of [
      '{ notes { totalCount } }',
      '{ nope }',
      '{',
      'query Count { notes { totalCount } }',
    ]) {
      const reply = await post(closed, { query });
      expect([reply.status, reply.code]).toEqual([403, 'DOCUMENT_NOT_TRUSTED']);
      expect(reply.text).not.toMatch(/nope|notes/);
    }
    expect((await post(open, { query: '{ notes { totalCount } }' })).status).toBe(200);
  });

  test('[SM] an id that nobody knows is said so, as Apollo’s clients understand it', async () => {
    for (const gateway of [open, closed]) {
      for (const id of ['nothing', '__proto__', 'toString', '']) {
        const reply = await post(gateway, named(id));
        expect([reply.status, reply.code]).toEqual([400, 'PERSISTED_QUERY_NOT_FOUND']);
      }
    }
  });

  test('[AZ DV] they are trusted to be asked, not to be allowed or right', async () => {
    expect((await post(closed, named('add', { variables: { text: 'x' } }), 'viewer')).code).toBe('FORBIDDEN');
    expect((await post(closed, named('add'))).code).toBe('BAD_USER_INPUT');
    expect((await post(closed, named('secret'))).code).toBe('GRAPHQL_VALIDATION_FAILED');
    expect((await post(closed, named('count'), 'stranger')).status).toBe(403);
  });

  test.each([[{}], [{ query: null }], [{ extensions: { persistedQuery: 'count' } }], [{ extensions: {} }]])(
    '[RI] neither a document nor an id is a bad request: %j',
    async (body) => {
      expect((await post(open, body)).code).toBe('BAD_REQUEST');
    },
  );
});

test.each([
  [{ INSULA_TRUSTED_DOCUMENTS_ONLY: 'true' }, /INSULA_TRUSTED_DOCUMENTS_ONLY: .*nothing can run/],
  [
    { INSULA_TRUSTED_DOCUMENTS: join(folder, 'none.json') },
    /INSULA_TRUSTED_DOCUMENTS: .*none\.json can't be read/,
  ],
])('[SM] a manifest that is not there is named at the start: %j', async (settings, message) => {
  await expect(startGateway({ modules: [], settings })).rejects.toThrow(message);
});
