import { describe, expect, it } from 'vitest';
import {
  type HintSource,
  identify,
  type RequestParts,
  readHints,
} from '../../../src/tenancy/identification/index.ts';
import type { Tenant } from '../../../src/tenancy/tenant.ts';

const everySource: readonly HintSource[] = ['subdomain', 'domain', 'path', 'header', 'claim'];
const options = { sources: everySource, baseDomains: ['localhost', 'eu.saas.example', 'saas.example'] };

function tenant(slug: string, id: string): Tenant {
  return {
    id,
    slug,
    name: slug,
    status: 'active',
    schemaVersion: 1,
    schemaHash: 'h',
    migrationFailed: false,
    limits: {},
  };
}

const acme = tenant('acme', 't_aaaaaaaaaaaaaaaa');
const globex = tenant('globex', 't_gggggggggggggggg');
const directory = {
  bySlug: async (slug: string) => [acme, globex].find((known) => known.slug === slug),
  byId: async (id: string) => [acme, globex].find((known) => known.id === id),
  byDomain: async (domain: string) => (domain === 'api.acme.example' ? acme : undefined),
};

const identified = (request: RequestParts) => identify(readHints(request, options), directory);

describe('what a host says', () => {
  it.each([
    ['acme.localhost', 'subdomain', 'acme'],
    ['acme.localhost:4000', 'subdomain', 'acme'],
    ['ACME.LocalHost:4000', 'subdomain', 'acme'],
    ['acme.localhost.:4000', 'subdomain', 'acme'],
    ['acme.saas.example', 'subdomain', 'acme'],
    // The longest base domain counts: `eu` is not a tenant, acme is.
    ['acme.eu.saas.example', 'subdomain', 'acme'],
    // More than one label is passed on whole, and is nobody's name.
    ['a.acme.localhost', 'subdomain', 'a.acme'],
    ['api.acme.example', 'domain', 'api.acme.example'],
    ['API.Acme.Example:443', 'domain', 'api.acme.example'],
    ['gateway', 'domain', 'gateway'],
    ['notlocalhost', 'domain', 'notlocalhost'],
  ])('[TI] %s is the %s %s', (host, source, value) => {
    expect(readHints({ host }, options)).toEqual([expect.objectContaining({ source, value })]);
  });

  it.each([
    'localhost',
    'localhost:4000',
    'eu.saas.example',
    '127.0.0.1:4000',
    '[::1]:4000',
    '[::1]',
    '',
    ':80',
  ])('[TI] %j says nothing about the tenant', (host) => expect(readHints({ host }, options)).toEqual([]));
});

describe('what other parts say', () => {
  it.each([
    ['/t/acme/graphql', 'acme'],
    ['/t/acme/graphql?query={viewer}', 'acme'],
    ['/t/ACME/graphql', 'ACME'],
    ['/t/%61cme/graphql', '%61cme'],
    ['/t//graphql', ''],
  ])('[TI] the path %s names %j', (path, value) => {
    expect(readHints({ path }, options)).toEqual([{ source: 'path', kind: 'slug', value }]);
  });

  it.each(['/graphql', '/', '/graphql/t/acme', '/tt/acme/graphql', '/graphql?x=/t/acme/graphql'])(
    '[TI] the path %s says nothing about the tenant',
    (path) => expect(readHints({ path }, options)).toEqual([]),
  );

  it('[TI] a source that is not configured is not heard', () => {
    const request = { host: 'acme.localhost', path: '/t/acme/graphql', header: 'globex', claim: 'globex' };
    const sources = ['subdomain', 'path'] as const;
    expect(readHints(request, { ...options, sources }).map(({ source }) => source)).toEqual([
      'subdomain',
      'path',
    ]);
  });
});

describe('which tenant it is', () => {
  it.each<RequestParts>([
    { host: 'acme.localhost' },
    { host: 'api.acme.example' },
    { path: '/t/acme/graphql' },
    { header: 'acme' },
    { header: acme.id },
    { claim: 'acme' },
    { claim: acme.id },
    { host: 'acme.localhost', path: '/t/acme/graphql', header: acme.id, claim: 'acme' },
    { host: 'api.acme.example', header: 'acme' },
  ])('[TI] %j names acme', async (request) => {
    expect(await identified(request)).toBe(acme);
  });

  it('[TI] a request that names no tenant is told so', async () => {
    await expect(identified({ host: 'localhost', path: '/graphql' })).rejects.toMatchObject({
      code: 'TENANT_REQUIRED',
      status: 400,
    });
  });

  const namesOf = (name: string, id: string, domain: string): Record<string, RequestParts> => ({
    subdomain: { host: `${name}.localhost` },
    domain: { host: domain },
    path: { path: `/t/${name}/graphql` },
    'header slug': { header: name },
    'header id': { header: id },
    'claim slug': { claim: name },
    'claim id': { claim: id },
  });
  const first = Object.entries(namesOf('acme', acme.id, 'api.acme.example'));
  const others = {
    "another tenant's": namesOf('globex', globex.id, 'api.globex.example'),
    "nobody's": namesOf('ghost', 't_0000000000000000', 'ghost.example'),
  };
  const pairs = first.flatMap(([one, acmeParts]) =>
    Object.entries(others).flatMap(([whose, names]) =>
      Object.entries(names)
        .filter(([, parts]) => !Object.keys(parts).some((part) => part in acmeParts))
        .map(([two, parts]) => ({ one, two, whose, request: { ...acmeParts, ...parts } })),
    ),
  );

  it.each(pairs)("[TI] acme's $one next to $whose $two is refused", async ({ request }) => {
    await expect(identified(request)).rejects.toMatchObject({ code: 'TENANT_MISMATCH', status: 403 });
  });

  it("[TI] two names that differ don't tell whether one of them is a tenant's", async () => {
    const replies = await Promise.all(
      ['globex', 'ghost'].map((header) =>
        identified({ host: 'nobody.localhost', header }).then(String, ({ message, extensions }) => ({
          message,
          extensions,
        })),
      ),
    );
    expect(replies[0]).toEqual(replies[1]);
  });

  it.each([
    { host: 'ghost.localhost' },
    { host: 'ghost.localhost', header: 'ghost', claim: 'ghost' },
    { header: 't_0000000000000000' },
    { host: 'ghost.example' },
  ])('[TI] %j names no tenant', async (request) => {
    expect(await identified(request)).toBeUndefined();
  });
});
