import { problems } from '../errors/problems.ts';
import type { Access, Catalog } from '../tenancy/catalog/catalog.ts';
import { identify, type TenantHint } from '../tenancy/identification/index.ts';
import { type ExpectedSchema, servable } from '../tenancy/serving.ts';
import type { Tenant } from '../tenancy/tenant.ts';
import type { VerifiedToken } from './authenticator.ts';

export interface AdmissionRequest {
  /** What the request and its token say about the tenant. */
  readonly hints: readonly TenantHint[];
  readonly token: VerifiedToken;
  readonly catalog: Pick<Catalog, 'bySlug' | 'byId' | 'byDomain' | 'membership'>;
  /** The schema that the gateway's modules expect. */
  readonly expected: ExpectedSchema;
}

/** Seconds after which a caller of a migrating tenant should ask again. */
const RETRY_AFTER = 5;

/**
 * Lets an authenticated caller into a tenant.
 *
 * A tenant that does not exist, one that the caller is no member of and one for which the token's issuer is not
 * trusted are answered alike. Only members learn that a tenant is suspended or migrating.
 *
 * @throws Problem `TENANT_REQUIRED`, `TENANT_MISMATCH`, `NOT_A_MEMBER`, `TENANT_SUSPENDED`, or `TENANT_MIGRATING`
 * with `retry-after`.
 */
export async function admit({ hints, token, catalog, expected }: AdmissionRequest): Promise<Access> {
  const tenant = await identify(hints, catalog);
  if (!tenant) throw notAMember('no such tenant');
  if (!isTrustedFor(token, tenant))
    throw notAMember(`the issuer ${token.issuer} is not trusted for ${tenant.id}`);
  const membership = await catalog.membership(tenant.id, token.subject);
  if (!membership) throw notAMember('no membership');

  const state = servable(tenant, expected);
  if (state === 'suspended') throw problems.TENANT_SUSPENDED('This tenant is suspended.');
  if (state === 'migrating') {
    throw problems.TENANT_MIGRATING('This tenant is being brought up to date; try again in a moment.', {
      headers: { 'retry-after': String(RETRY_AFTER) },
    });
  }
  return { tenant, membership };
}

/** Whether a token's issuer is trusted for a tenant. */
export function isTrustedFor(
  { allowedTenants }: Pick<VerifiedToken, 'allowedTenants'>,
  { id, slug }: Tenant,
): boolean {
  return allowedTenants === undefined || allowedTenants.includes(id) || allowedTenants.includes(slug);
}

function notAMember(reason: string) {
  return problems.NOT_A_MEMBER('You are no member of this tenant, or there is no such tenant.', {
    cause: new Error(reason),
  });
}
