import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createNotesModule } from '../../fixtures/notes/index.ts';
import { DOORS, startGateway, type TestGateway } from '../../support/gateway.ts';

const CREATE = `mutation Create($input: CreateApiKeyInput!) {
  createApiKey(input: $input) { secret apiKey { id name permissions createdBy expiresAt } }
}`;
const REVOKE = 'mutation Revoke($id: ID!) { revokeApiKey(input: { id: $id }) { revokedApiKeyId } }';
const LIST = '{ apiKeys { nodes { id name } } }';
const NOTES = '{ notes { totalCount } }';
const ADD_NOTE = 'mutation { addNote(input: { text: "by a program" }) { note { id } } }';
const FRESH = 1_000;

interface Created {
  readonly createApiKey: {
    readonly secret: string;
    readonly apiKey: { readonly id: string; readonly expiresAt: string; readonly createdBy: string };
  };
}

describe.each(DOORS)('API keys, at two gateways side by side (doors: %s)', (doors) => {
  let gateway: TestGateway;
  let beside: TestGateway;
  beforeAll(async () => {
    const modules = [createNotesModule()];
    gateway = await startGateway({ modules, doors });
    beside = await startGateway({ modules, doors, beside: gateway });
  });
  afterAll(async () => {
    await beside[Symbol.asyncDispose]();
    await gateway[Symbol.asyncDispose]();
  });

  const make = async (input: object, as = 'owner') =>
    gateway.ask<Created>({ tenant: 'north', as, query: CREATE, variables: { input } });
  const made = async (permissions: readonly string[], more: object = {}) => {
    const { body, status } = await make({ name: 'importer', permissions, ...more });
    expect(status).toBe(200);
    await delay(FRESH);
    return body.data?.createApiKey ?? Promise.reject(new Error('There is no key.'));
  };
  const program = (key: string, query: string, tenant = 'north', at = gateway) =>
    at.ask({ tenant, as: null, query, headers: { authorization: `Bearer ${key}` } });

  test('[AN] a key opens what it was made for, at every gateway, and nothing else', async () => {
    const { secret, apiKey } = await made(['notes:read']);
    expect(secret).toMatch(/^insula_[a-z0-9]{16}_[\w-]{43}$/);
    expect(apiKey).toMatchObject({
      name: 'importer',
      permissions: ['notes:read'],
      createdBy: 'user:owner@north.example',
    });
    expect((await program(secret, NOTES)).status).toBe(200);
    expect((await program(secret, NOTES, 'north', beside)).status).toBe(200);
    expect((await program(secret, ADD_NOTE)).code).toBe('FORBIDDEN');
    expect((await program(secret, LIST)).code).toBe('FORBIDDEN');
    expect((await program(secret, NOTES, 'south')).status).toBe(403);
    expect(
      (await program(secret, '{ viewer { subject roles permissions memberships { tenant } } }')).body.data,
    ).toEqual({
      viewer: {
        subject: `key:${secret.slice(7, 23)}`,
        roles: [],
        permissions: ['notes:read'],
        memberships: [],
      },
    });
  });

  test('[TA] what a key changes is under its own name in the audit trail', async () => {
    const { secret } = await made(['notes:read', 'notes:write']);
    const reply = await program(secret, ADD_NOTE);
    expect(reply.status).toBe(200);
    expect(await gateway.logLine(reply)).toMatchObject({ actor: `key:${secret.slice(7, 23)}` });
    const trail = await gateway.ask({
      tenant: 'north',
      query: `{ auditEvents(filter: { actor: "key:${secret.slice(7, 23)}" }) { nodes { relation action } } }`,
    });
    expect(trail.body.data).toEqual({ auditEvents: { nodes: [{ relation: 'note', action: 'INSERT' }] } });
  });

  test('[AN] a key that is revoked is refused within a second, at every gateway', async () => {
    const { secret, apiKey } = await made(['notes:read']);
    for (const at of [gateway, beside]) expect((await program(secret, NOTES, 'north', at)).status).toBe(200);
    const revoked = await gateway.ask({ tenant: 'north', query: REVOKE, variables: { id: apiKey.id } });
    expect(revoked.body.data).toEqual({ revokeApiKey: { revokedApiKeyId: apiKey.id } });
    await delay(FRESH);
    for (const at of [gateway, beside]) {
      const refused = await program(secret, NOTES, 'north', at);
      expect([refused.status, refused.code, refused.headers['www-authenticate']]).toEqual([
        401,
        'UNAUTHENTICATED',
        'Bearer realm="insula", error="invalid_token"',
      ]);
    }
    expect((await gateway.ask({ tenant: 'north', query: REVOKE, variables: { id: apiKey.id } })).status).toBe(
      404,
    );
  });

  test('[AN] a key ends by itself', async () => {
    const { secret } = await made(['notes:read'], { expiresAt: new Date(Date.now() + 2_500).toISOString() });
    expect((await program(secret, NOTES)).status).toBe(200);
    await delay(2_600 - FRESH);
    expect((await program(secret, NOTES)).status).toBe(401);
  });

  test('[AN] a key without an end ends in 90 days', async () => {
    const { apiKey } = await made(['notes:read']);
    expect((Date.parse(apiKey.expiresAt) - Date.now()) / 86_400_000).toBeCloseTo(90, 1);
  });

  test('[AN] guesses are all answered alike', async () => {
    const { secret } = await made(['notes:read']);
    const guesses = [
      `${secret.slice(0, -1)}${secret.endsWith('A') ? 'B' : 'A'}`,
      `insula_${'0'.repeat(16)}_${'A'.repeat(43)}`,
      'insula_x_y',
      'insula_',
      secret.toUpperCase(),
    ];
    const replies = await Promise.all(guesses.map((guess) => program(guess, NOTES)));
    expect(new Set(replies.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(replies[0]?.status).toBe(401);
  });

  test.each([
    ['a permission that its maker lacks', { name: 'x', permissions: ['notes:fly'] }, 403, 'FORBIDDEN'],
    ['no permission', { name: 'x', permissions: [] }, 400, 'BAD_USER_INPUT'],
    ['no name', { name: ' ', permissions: ['notes:read'] }, 400, 'BAD_USER_INPUT'],
    [
      'an end in the past',
      { name: 'x', permissions: ['notes:read'], expiresAt: '2020-01-01T00:00:00Z' },
      400,
      'BAD_USER_INPUT',
    ],
    [
      'an end in ten years',
      { name: 'x', permissions: ['notes:read'], expiresAt: '2036-01-01T00:00:00Z' },
      400,
      'BAD_USER_INPUT',
    ],
  ])('[EH] no key is made with %s', async (_, input, status, code) => {
    const reply = await make(input);
    expect([reply.status, reply.code]).toEqual([status, code]);
  });

  test('[AZ] who is neither owner nor admin makes no key', async () => {
    expect((await make({ name: 'x', permissions: ['notes:read'] }, 'viewer')).code).toBe('FORBIDDEN');
  });

  test('[DS] the secret is stored nowhere: not in the catalog, the audit trail, or a log', async () => {
    const { secret } = await made(['notes:read']);
    await program(secret, NOTES);
    const [id, rest] = [secret.slice(7, 23), secret.slice(24)];
    const kept = await gateway.rows(
      'north',
      'select to_jsonb(k)::text as text from insula.api_key k where id = $1',
      [id],
    );
    const trail = await gateway.rows('north', 'select to_jsonb(a)::text as text from audit a');
    for (const text of [kept, trail, gateway.log].map((found) => JSON.stringify(found))) {
      expect(text).not.toContain(rest);
    }
    expect(JSON.stringify(trail)).not.toContain('hash');
  });
});
