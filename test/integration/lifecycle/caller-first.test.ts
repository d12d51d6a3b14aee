import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { doors, type Gateway, type Reply, startGateway } from './gateway.ts';

describe.each(doors)('through the door "%s"', (door) => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway({ doors: door });
  });
  afterAll(() => gateway.close());

  const anonymous = { authorization: '' };
  const stranger = { authorization: 'Bearer stranger' };
  /** All that a reply says but for the id and the time. */
  const said = ({ status, headers, text }: Reply) => {
    const { 'x-request-id': _id, date: _date, ...rest } = headers;
    return { status, headers: rest, text };
  };

  test('[AN] an anonymous caller is told nothing else, whatever the document and the tenant are', async () => {
    const bodies = [
      '{ hello }',
      '{ nope }',
      '{',
      '{ __schema { types { name } } }',
      'mutation { add(number: 1) }',
    ];
    const tenants = ['acme', 'nobody', 'stopped', 'behind', "' or 1=1 --", '../..', 'x'.repeat(300)];
    const replies = [
      ...(await Promise.all(bodies.map((query) => gateway.send({ query }, anonymous)))),
      ...(await Promise.all(
        tenants.map((tenant) =>
          gateway.send({ query: '{ hello }' }, { ...anonymous, 'x-tenant-id': tenant }),
        ),
      )),
      await gateway.send('{oops', anonymous),
      await gateway.send('', anonymous),
      await gateway.send({ query: '{ hello }' }, { authorization: 'Bearer expired' }),
      await gateway.send({ query: '{ hello }' }, { authorization: 'Basic YTpi' }),
    ];
    expect(new Set(replies.map((reply) => JSON.stringify(said(reply)))).size).toBe(1);
    expect(replies[0]).toMatchObject({
      status: 401,
      code: 'UNAUTHENTICATED',
      headers: { 'www-authenticate': 'Bearer realm="insula"' },
    });
    expect(replies[0]?.text).not.toContain('nope');
  });

  test('[AN] over GET too', async () => {
    expect(await gateway.get({ query: '{ nope }' }, anonymous)).toMatchObject({
      status: 401,
      code: 'UNAUTHENTICATED',
    });
  });

  test('[AN] the body of an anonymous caller is not even read', async () => {
    const reply = await gateway.send(
      { query: '{ hello }', variables: { pad: 'x'.repeat(900_000) } },
      anonymous,
    );
    expect(reply).toMatchObject({ status: 401 });
  });

  test('[TI] a caller who is no member can not tell a missing tenant from an existing one', async () => {
    const tenants = ['acme', 'stopped', 'behind', 'nobody', 'ACME!', '"; drop table', 'x'.repeat(300)];
    const replies = await Promise.all(
      tenants.map((tenant) => gateway.send({ query: '{ nope }' }, { ...stranger, 'x-tenant-id': tenant })),
    );
    expect(new Set(replies.map((reply) => JSON.stringify(said(reply)))).size).toBe(1);
    expect(replies[0]).toMatchObject({ status: 403, code: 'NOT_A_MEMBER' });
  });

  test('[TI] a request that names no tenant is told so', async () => {
    const reply = await gateway.send({ query: '{ hello }' }, { 'x-tenant-id': '' });
    expect(reply).toMatchObject({ status: 400, code: 'TENANT_REQUIRED' });
  });

  test.each([
    ['header', { 'x-tenant-id': 'acme' }, '/graphql'],
    ['subdomain', { host: 'acme.localhost:4000' }, '/graphql'],
    ['path', {}, '/t/acme/graphql'],
    ['claim', { authorization: 'Bearer owner@acme' }, '/graphql'],
  ])('[TI] the tenant is known by %s', async (_source, headers, path) => {
    const reply = await gateway.send(
      { query: '{ hello }' },
      { 'x-tenant-id': '', ...headers },
      `POST ${path}`,
    );
    expect(reply).toMatchObject({ status: 200 });
    expect(gateway.facts.at(-1)?.tenant.slug).toBe('acme');
  });

  test.each([
    ['header and subdomain', { 'x-tenant-id': 'globex', host: 'acme.localhost' }, '/graphql'],
    ['header and path', { 'x-tenant-id': 'globex' }, '/t/acme/graphql'],
    ['header and claim', { 'x-tenant-id': 'globex', authorization: 'Bearer owner@acme' }, '/graphql'],
    ['subdomain and path', { 'x-tenant-id': '', host: 'globex.localhost' }, '/t/acme/graphql'],
    [
      'subdomain and claim',
      { 'x-tenant-id': '', host: 'globex.localhost', authorization: 'Bearer owner@acme' },
      '/graphql',
    ],
    ['path and claim', { 'x-tenant-id': '', authorization: 'Bearer owner@globex' }, '/t/acme/graphql'],
  ])('[TI] %s that disagree are refused', async (_pair, headers, path) => {
    const reply = await gateway.send({ query: '{ hello }' }, headers, `POST ${path}`);
    expect(reply).toMatchObject({ status: 403, code: 'TENANT_MISMATCH' });
  });

  test('[TI] a member learns that the tenant is suspended, or that it is being migrated and when to ask again', async () => {
    const suspended = await gateway.send({ query: '{ nope }' }, { 'x-tenant-id': 'stopped' });
    expect(suspended).toMatchObject({ status: 403, code: 'TENANT_SUSPENDED' });
    const migrating = await gateway.send({ query: '{ nope }' }, { 'x-tenant-id': 'behind' });
    expect(migrating).toMatchObject({
      status: 503,
      code: 'TENANT_MIGRATING',
      headers: { 'retry-after': '5' },
    });
  });

  test('[AN] resolvers find the caller, and nothing of HTTP', async () => {
    const reply = await gateway.ask('{ whoAmI }');
    expect(reply.body.data).toEqual({ whoAmI: 'user:owner' });
    const context = gateway.store.contexts.at(-1) ?? {};
    expect(Object.keys(context)).not.toContain('req');
    expect(Object.keys(context)).not.toContain('exchange');
  });
});
