import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isFromOwnMachine } from '../../../src/http/graphiql/own-machine.ts';
import { createNotesModule } from '../../fixtures/notes/index.ts';
import { startGateway, type TestGateway } from '../../support/gateway.ts';

const HTML = 'text/html,application/xhtml+xml,*/*;q=0.8';
const EXAMPLES = 'query WhoAmI';

let development: TestGateway;
let production: TestGateway;
beforeAll(async () => {
  const modules = [createNotesModule()];
  development = await startGateway({ modules });
  production = await startGateway({ modules, mode: 'production' });
});
afterAll(async () => {
  await development[Symbol.asyncDispose]();
  await production[Symbol.asyncDispose]();
});

interface Get {
  gateway?: TestGateway;
  host?: string;
  path?: string;
  headers?: Record<string, string>;
}
const get = ({ gateway = development, host = 'north.localhost', path = '/graphql', headers = {} }: Get) =>
  gateway.send({ method: 'GET', host: `${host}:${gateway.port}`, path, headers });
const getPage = (more: Get = {}) => get({ ...more, headers: { accept: HTML, ...more.headers } });

/** Asks for a token as the page does, from `north`. */
function become(subject: string, headers: Record<string, string> = {}, more: Get = {}) {
  const { gateway = development, host = 'north.localhost', path = '/development/token' } = more;
  const { port } = gateway;
  return gateway.send({
    host: `${host}:${port}`,
    path,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ subject }),
  });
}

describe('GraphiQL', () => {
  test.each([
    ['its sub-domain', 'north.localhost', '/graphql'],
    ['its path', 'localhost', '/t/north/graphql'],
    ['its path, at an address in digits', '127.0.0.1', '/t/north/graphql'],
  ])('[RI] is at a tenant’s address: %s', async (_what, host, path) => {
    const page = await getPage({ host, path });
    expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(page.text).toContain(EXAMPLES);
  });

  test('[DS] loads nothing from anywhere, and is allowed to run nothing but its own two scripts', async () => {
    const { text, headers } = await getPage();
    expect(text.slice(0, text.indexOf('<script>'))).not.toMatch(/(src|href)="?(https?:)?\/\//);
    const policy = String(headers['content-security-policy']);
    expect(policy).toMatch(/^default-src 'none'; script-src 'sha256-\S+' 'sha256-\S+'; /);
    expect(policy).not.toMatch(/http|unsafe-eval|\*/);
    expect(policy).toContain("frame-ancestors 'none'");
  });

  test.each(['br', 'gzip'])('[RC] is sent compressed: %s', async (encoding) => {
    const response = await fetch(`http://127.0.0.1:${development.port}/graphql`, {
      headers: { accept: HTML, 'accept-encoding': encoding },
    });
    expect(response.headers.get('content-encoding')).toBe(encoding);
    const length = Number(response.headers.get('content-length'));
    expect(length).toBeLessThan(3_000_000);
    expect(await response.text()).toContain(EXAMPLES);
  });

  test('[RC] is sent once to a browser that keeps it', async () => {
    const { headers } = await getPage();
    expect(headers.vary).toBe('accept, accept-encoding');
    const again = await getPage({ headers: { 'if-none-match': String(headers.etag) } });
    expect([again.status, again.text]).toEqual([304, '']);
  });

  test('[RI] is not what a client of the API gets at the same address', async () => {
    const reply = await get({ path: '/graphql?query={hello}', headers: { accept: 'application/json' } });
    expect([reply.status, reply.code]).toEqual([401, 'UNAUTHENTICATED']);
  });
});

describe('the switch', () => {
  test('[AN] names the members of the tenant whose address it is, and of no other', async () => {
    const { text } = await get({ path: '/development/members' });
    expect(JSON.parse(text)).toEqual({
      tenant: 'north',
      members: ['accountant', 'admin', 'owner', 'viewer'].map((role) => ({
        subject: `${role}@north.example`,
        roles: [role],
      })),
    });
  });

  test.each([
    ['north.localhost', '/development/token', '/graphql'],
    ['localhost', '/t/north/development/token', '/t/north/graphql'],
  ])('[AN] gives a token with which a member gets in: %s%s', async (host, path, api) => {
    const { token } = JSON.parse((await become('viewer@north.example', {}, { host, path })).text);
    const reply = await development.send({
      host: `${host}:${development.port}`,
      path: api,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: '{ viewer { subject } }' }),
    });
    expect(reply.body.data).toEqual({ viewer: { subject: 'viewer@north.example' } });
  });

  test('[TI] says in which other tenants a member can be, and what they are there', async () => {
    const { north = '', south = '' } = development.tenants;
    const both = `insert into insula.membership (tenant, subject, roles) values ($1, 'consultant@elsewhere.example', $2)`;
    await development.rows('north', both, [north, ['owner']]);
    await development.rows('north', both, [south, ['viewer']]);
    const { text } = await become('consultant@elsewhere.example');
    expect(JSON.parse(text)).toMatchObject({
      tenant: 'north',
      elsewhere: [{ slug: 'south', name: 'south', roles: ['viewer'] }],
    });
    expect(JSON.parse((await become('owner@north.example')).text)).toMatchObject({ elsewhere: [] });
  });

  test('[TI] such a token is for its tenant alone', async () => {
    const { token } = JSON.parse((await become('viewer@north.example')).text);
    const query = { tenant: 'south', as: null, query: '{ hello }' };
    const reply = await development.ask({ ...query, headers: { authorization: `Bearer ${token}` } });
    expect([reply.status, reply.code]).toEqual([403, 'TENANT_MISMATCH']);
  });

  test.each([
    ['no member', 'viewer@south.example', 403, 'NOT_A_MEMBER'],
    ['nobody', '', 403, 'NOT_A_MEMBER'],
  ])('[AN] gives none to %s of the tenant', async (_what, subject, status, code) => {
    const reply = await become(subject);
    expect([reply.status, reply.code]).toEqual([status, code]);
  });

  test('[AN] gives none where the tenant is not known, or the question is malformed', async () => {
    const unknown = await become('viewer@north.example', {}, { host: 'nowhere.localhost' });
    expect([unknown.status, unknown.code]).toEqual([404, 'NOT_FOUND']);
    const nameless = await become('viewer@north.example', {}, { host: 'localhost' });
    expect([nameless.status, nameless.code]).toEqual([400, 'TENANT_REQUIRED']);
    const host = `north.localhost:${development.port}`;
    const malformed = await development.send({ host, path: '/development/token', body: 'viewer' });
    expect([malformed.status, malformed.code]).toEqual([400, 'BAD_REQUEST']);
  });

  test.each([
    ['a page of another site', { 'sec-fetch-site': 'cross-site' }],
    ['a page of another port or sub-domain', { 'sec-fetch-site': 'same-site' }],
    ['a page of another site, in a browser that says no more', { origin: 'http://evil.example' }],
    ['a page without an origin', { origin: 'null' }],
  ])('[DS] is not there for %s', async (_what, headers) => {
    const replies = [
      await become('owner@north.example', headers),
      await get({ path: '/development/members', headers }),
    ];
    for (const { status, text } of replies) {
      expect(status).toBe(404);
      expect(text).not.toContain('north');
    }
  });

  test('[DS] is not there for a name that somebody else pointed at this machine', async () => {
    const path = '/t/north/development/token';
    const reply = await become('owner@north.example', {}, { host: 'evil.example', path });
    expect([reply.status, reply.code]).toEqual([404, 'NOT_FOUND']);
    expect((await getPage({ host: 'evil.example', path: '/t/north/graphql' })).status).not.toBe(200);
  });

  test.each([
    ['127.0.0.1', 'acme.localhost:4000', true],
    ['::1', '[::1]:4000', true],
    ['::ffff:127.0.0.1', 'localhost', true],
    ['192.0.2.7', 'acme.localhost:4000', false],
    ['2001:db8::7', '192.0.2.1:4000', false],
    ['127.0.0.1', 'evil.example', false],
    ['127.0.0.1', 'acme.localhost.evil.example', false],
    [undefined, 'localhost', false],
  ])('[DS] whether %s, asking for %s, is this machine: %s', (remoteAddress, host, own) => {
    expect(isFromOwnMachine({ socket: { remoteAddress }, headers: { host } }, ['localhost'])).toBe(own);
  });
});

describe('in production', () => {
  test('[DS] there is neither GraphiQL nor its switch: at the API’s address a 401, at the switch’s nothing', async () => {
    const gateway = production;
    for (const path of ['/graphql', '/t/north/graphql']) {
      const page = await getPage({ gateway, path });
      expect([page.status, page.code]).toEqual([401, 'UNAUTHENTICATED']);
    }
    const members = await get({ gateway, path: '/development/members' });
    expect([members.status, members.code]).toEqual([404, 'NOT_FOUND']);
    const token = await become('owner@north.example', {}, { gateway });
    expect([token.status, token.code]).toEqual([404, 'NOT_FOUND']);
  });

  test('[DS] nor is it with a token', async () => {
    const authorization = `Bearer ${await production.token('owner@north.example')}`;
    const page = await getPage({ gateway: production, headers: { authorization } });
    expect(page.text).not.toContain('<html');
    const token = await become('viewer@north.example', { authorization }, { gateway: production });
    expect([token.status, token.code]).toEqual([404, 'NOT_FOUND']);
  });
});

test('[DS] with tokens from elsewhere nobody can be chosen, in development too', async () => {
  const issuer = { issuer: 'https://id.example', audience: 'insula', jwksUri: 'https://id.example/jwks' };
  await using gateway = await startGateway({
    modules: [createNotesModule()],
    beside: development,
    settings: { INSULA_ISSUERS: JSON.stringify([issuer]) },
  });
  const { text } = await get({ gateway, path: '/development/members' });
  expect(JSON.parse(text)).toEqual({ tenant: 'north', members: [] });
  expect((await become('owner@north.example', {}, { gateway })).code).toBe('BAD_REQUEST');
  expect((await getPage({ gateway })).status).toBe(200);
});
