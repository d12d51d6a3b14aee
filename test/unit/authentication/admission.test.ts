import { describe, expect, it } from 'vitest';
import { type AdmissionRequest, admit } from '../../../src/authentication/admission.ts';
import type { VerifiedToken } from '../../../src/authentication/authenticator.ts';
import type { Tenant } from '../../../src/tenancy/tenant.ts';

const active: Tenant = {
  id: 't_aaaaaaaaaaaaaaaa',
  slug: 'acme',
  name: 'Acme AG',
  status: 'active',
  schemaVersion: 3,
  schemaHash: 'three',
  migrationFailed: false,
  limits: {},
};
const token: VerifiedToken = { subject: 'vera', issuer: 'https://issuer.example', expiresAt: 0 };

/** A catalog of one tenant, in which vera is a viewer. */
function request(tenant: Tenant, overrides: Partial<AdmissionRequest> = {}): AdmissionRequest {
  return {
    hints: [{ source: 'subdomain', kind: 'slug', value: 'acme' }],
    token,
    catalog: {
      bySlug: async (slug) => (slug === tenant.slug ? tenant : undefined),
      byId: async (id) => (id === tenant.id ? tenant : undefined),
      byDomain: async () => undefined,
      membership: async (id, subject) =>
        id === tenant.id && subject === 'vera' ? { tenant: id, subject, roles: ['viewer'] } : undefined,
    },
    expected: { version: 3, hash: 'three' },
    ...overrides,
  };
}

async function refusal(asked: AdmissionRequest) {
  const error: unknown = await admit(asked).catch((reason: unknown) => reason);
  if (!(error instanceof Error)) throw new Error('A caller who was to be refused was let in.');
  return JSON.parse(JSON.stringify(error));
}

describe('the door', () => {
  it('[AN] lets a member in', async () => {
    expect(await admit(request(active))).toEqual({
      tenant: active,
      membership: { tenant: active.id, subject: 'vera', roles: ['viewer'] },
    });
  });

  it('[AN] says the same of a missing tenant, to a stranger and to the token of a restricted issuer', async () => {
    const replies = await Promise.all([
      refusal(request(active, { hints: [{ source: 'subdomain', kind: 'slug', value: 'ghost' }] })),
      refusal(request(active, { token: { ...token, subject: 'stranger' } })),
      refusal(request(active, { token: { ...token, allowedTenants: ['partner'] } })),
      refusal(request({ ...active, status: 'suspended' }, { token: { ...token, subject: 'stranger' } })),
      refusal(request({ ...active, migrationFailed: true }, { token: { ...token, subject: 'stranger' } })),
    ]);
    expect(replies[0].extensions).toEqual({ code: 'NOT_A_MEMBER', http: { status: 403 } });
    for (const reply of replies) expect(reply).toEqual(replies[0]);
  });

  it.each([['acme'], [active.id]])(
    '[AN] lets the token of an issuer that is trusted for %s in',
    async (name) => {
      const asked = request(active, { token: { ...token, allowedTenants: ['partner', name] } });
      expect(await admit(asked)).toMatchObject({ tenant: active });
    },
  );

  it('[TI] tells a member that the tenant is suspended', async () => {
    expect(await refusal(request({ ...active, status: 'suspended' }))).toMatchObject({
      extensions: { code: 'TENANT_SUSPENDED', http: { status: 403 } },
    });
  });

  it.each([
    ['behind', { schemaVersion: 2 }],
    ['different', { schemaHash: 'other' }],
    ['half migrated', { migrationFailed: true }],
  ])('[TI] tells a member of a tenant whose schema is %s when to come again', async (_, state) => {
    expect(await refusal(request({ ...active, ...state }))).toMatchObject({
      extensions: { code: 'TENANT_MIGRATING', http: { status: 503, headers: { 'retry-after': '5' } } },
    });
  });

  it('[TI] a request without a tenant, and one with two', async () => {
    expect(await refusal(request(active, { hints: [] }))).toMatchObject({
      extensions: { code: 'TENANT_REQUIRED' },
    });
    const hints = [
      ...request(active).hints,
      { source: 'claim', kind: 'id or slug', value: 'globex' } as const,
    ];
    expect(await refusal(request(active, { hints }))).toMatchObject({
      extensions: { code: 'TENANT_MISMATCH' },
    });
  });
});
