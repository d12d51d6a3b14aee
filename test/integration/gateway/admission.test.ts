import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addDomain } from '../../../src/fleet/domains.ts';
import { addMember } from '../../../src/fleet/members.ts';
import { suspendTenant } from '../../../src/fleet/tenants.ts';
import { createNotesModule } from '../../fixtures/notes/index.ts';
import { DOORS, startGateway, type TestGateway } from '../../support/gateway.ts';

const TENANTS = ['north', 'south', 'suspended', 'broken', 'behind'];
/** A member of every tenant. */
const NOMAD = 'nomad@example.com';
const QUERY = JSON.stringify({ query: '{ hello }' });

describe.each(DOORS)('the way in (doors: %s)', (doors) => {
  let gateway: TestGateway;
  let bearer: string;
  beforeAll(async () => {
    gateway = await startGateway({ modules: [createNotesModule()], tenants: TENANTS, doors });
    const owner = new pg.Client({ connectionString: gateway.database.url('owner') });
    await owner.connect();
    await addDomain(owner, String(gateway.tenants.north), 'billing.north.example');
    await addDomain(owner, String(gateway.tenants.south), 'billing.south.example');
    for (const id of Object.values(gateway.tenants)) await addMember(owner, id, NOMAD, ['owner']);
    await suspendTenant(owner, 'suspended');
    await owner.query(`update insula.tenant set migration_error = '{"message":"x"}' where slug = 'broken'`);
    await owner.query(`update insula.tenant set schema_version = 0 where slug = 'behind'`);
    await owner.end();
    bearer = `Bearer ${await gateway.token(NOMAD)}`;
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  interface Names {
    host?: string;
    path?: string;
    header?: string;
    claim?: string;
  }
  /** A request of the nomad that names tenants in these places. */
  async function enter(
    { host = 'localhost', path, header, claim }: Names,
    authorization = bearer,
    body = QUERY,
  ) {
    const token = claim ? `Bearer ${await gateway.token(NOMAD, claim)}` : authorization;
    return gateway.send({
      host,
      path: path ? `/t/${path}/graphql` : '/graphql',
      headers: {
        'content-type': 'application/json',
        ...(token && { authorization: token }),
        ...(header && { 'x-tenant-id': header }),
      },
      body,
    });
  }

  describe('for strangers', () => {
    test('[AN] an anonymous question is a 401 that says nothing of the schema', async () => {
      const reply = await enter({ host: 'north.localhost' }, '', JSON.stringify({ query: '{ nope }' }));
      expect([reply.status, reply.code]).toEqual([401, 'UNAUTHENTICATED']);
      expect(reply.headers['www-authenticate']).toContain('Bearer');
      expect(reply.text).not.toMatch(/nope|Query|field/i);
      expect(await gateway.logLine(reply)).toMatchObject({
        status: 401,
        code: 'UNAUTHENTICATED',
        outcome: 'refused',
      });
    });

    test('[AN TI] it is the same, byte for byte, whether the tenant exists, is suspended, or was never there', async () => {
      const replies = await Promise.all(
        ['north', 'suspended', 'broken', 'nowhere', 'no where', '..%2f'].map((name) =>
          enter({ host: 'localhost', header: name }, ''),
        ),
      );
      const seen = replies.map(({ status, text, headers: { 'x-request-id': _, date: __, ...headers } }) =>
        JSON.stringify({ status, text, headers }),
      );
      expect(new Set(seen).size).toBe(1);
      expect(replies[0]?.status).toBe(401);
    });

    test('[TI] nor can a caller with a token tell a tenant that is not theirs from one that is not there', async () => {
      const stranger = `Bearer ${await gateway.token('stranger@example.com')}`;
      const replies = await Promise.all(
        ['north.localhost', 'suspended.localhost', 'behind.localhost', 'nowhere.localhost'].map((host) =>
          enter({ host }, stranger),
        ),
      );
      expect(new Set(replies.map(({ text }) => text)).size).toBe(1);
      expect(await gateway.logLine(replies[3] ?? { headers: {} })).toMatchObject({
        named: ['nowhere'],
        reason: 'no such tenant',
      });
      expect(replies.map(({ status, code }) => [status, code])).toEqual(
        replies.map(() => [403, 'NOT_A_MEMBER']),
      );
    });
  });

  describe('a tenant is recognised', () => {
    test.each<[string, Names]>([
      ['by subdomain', { host: 'north.localhost:4000' }],
      ['by subdomain in capitals', { host: 'NORTH.LocalHost' }],
      ['by its own domain', { host: 'billing.north.example' }],
      ['by path', { path: 'north' }],
      ['by header', { header: 'north' }],
      ['by the token’s claim', { claim: 'north' }],
      ['by all of them at once', { host: 'north.localhost', path: 'north', header: 'north', claim: 'north' }],
    ])('[TI] %s', async (_how, names) => {
      const reply = await enter(names);
      expect([reply.status, reply.body]).toEqual([200, { data: { hello: 'hello' } }]);
      expect(await gateway.logLine(reply)).toMatchObject({ tenant: 'north', status: 200 });
    });

    test('[TI] by header with its id', async () => {
      expect((await enter({ header: String(gateway.tenants.north) })).status).toBe(200);
    });

    test('[TI] not at all when nothing names it', async () => {
      const reply = await enter({});
      expect([reply.status, reply.code]).toEqual([400, 'TENANT_REQUIRED']);
    });
  });

  describe('two names that disagree are refused', () => {
    const north: [string, Names][] = [
      ['subdomain', { host: 'north.localhost' }],
      ['domain', { host: 'billing.north.example' }],
      ['path', { path: 'north' }],
      ['header', { header: 'north' }],
      ['claim', { claim: 'north' }],
    ];
    const south: [string, Names][] = [
      ['subdomain', { host: 'south.localhost' }],
      ['domain', { host: 'billing.south.example' }],
      ['path', { path: 'south' }],
      ['header', { header: 'south' }],
      ['claim', { claim: 'south' }],
    ];
    const pairs = north.flatMap(([one, names]) =>
      south
        .filter(([other, more]) => other !== one && !(names.host && more.host))
        .map(([other, more]): [string, string, Names] => [one, other, { ...names, ...more }]),
    );

    test.each(pairs)('[TI] %s and %s', async (_one, _other, names) => {
      const reply = await enter(names);
      expect([reply.status, reply.code]).toEqual([403, 'TENANT_MISMATCH']);
      expect(await gateway.logLine(reply)).toMatchObject({
        status: 403,
        code: 'TENANT_MISMATCH',
        outcome: 'refused',
      });
    });
  });

  describe('a tenant that is not served', () => {
    test('[TI] a suspended one says so to its members', async () => {
      const reply = await enter({ host: 'suspended.localhost' });
      expect([reply.status, reply.code]).toEqual([403, 'TENANT_SUSPENDED']);
      expect(await gateway.logLine(reply)).toMatchObject({
        named: ['suspended'],
        actor: `user:${NOMAD}`,
        outcome: 'refused',
      });
    });

    test.each(['broken', 'behind'])(
      '[TI] one whose migration is %s asks for patience, while others serve',
      async (slug) => {
        const reply = await enter({ host: `${slug}.localhost` });
        expect([reply.status, reply.code]).toEqual([503, 'TENANT_MIGRATING']);
        expect(reply.headers['retry-after']).toMatch(/^\d+$/);
        expect((await enter({ host: 'south.localhost' })).status).toBe(200);
      },
    );
  });

  test.each([
    `north'--`,
    'north.south',
    '../north',
    'NORTH\u0000',
    'x'.repeat(300),
    'тенант',
    '%',
    'insula',
    'pg_catalog',
  ])('[TI SM] a name that is none is no tenant: %j', async (name) => {
    const replies = [await enter({ path: encodeURIComponent(name) })];
    if (/^[\x20-\x7e]*$/.test(name)) replies.push(await enter({ header: name }));
    for (const { status, code, text } of replies) {
      expect([status, code]).toEqual([
        expect.toSatisfy((given) => [400, 403, 404].includes(given)),
        expect.any(String),
      ]);
      expect(code).not.toBe('INTERNAL');
      expect(text).not.toMatch(/syntax|relation|role/);
    }
    expect((await enter({ host: 'north.localhost' })).status).toBe(200);
  });

  test('[AN] one subject has other roles in another tenant, and learns of all of them', async () => {
    const owner = new pg.Client({ connectionString: gateway.database.url('owner') });
    await owner.connect();
    await addMember(owner, String(gateway.tenants.north), 'of-two@example.com', ['viewer']);
    await addMember(owner, String(gateway.tenants.south), 'of-two@example.com', ['accountant', 'admin']);
    await owner.end();
    const token = `Bearer ${await gateway.token('of-two@example.com')}`;
    const query = '{ viewer { subject roles permissions memberships { tenant roles } } }';
    const reply = await enter({ host: 'north.localhost' }, token, JSON.stringify({ query }));
    expect(reply.body.data).toEqual({
      viewer: {
        subject: 'of-two@example.com',
        roles: ['viewer'],
        permissions: ['notes:read'],
        memberships: [
          { tenant: 'north', roles: ['viewer'] },
          { tenant: 'south', roles: ['accountant', 'admin'] },
        ],
      },
    });
  });
});
