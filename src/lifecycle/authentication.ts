import { useGenericAuth } from '@envelop/generic-auth';
import { admit } from '../authentication/admission.ts';
import type { Authenticator } from '../authentication/authenticator.ts';
import { createPrincipal, type Principal } from '../authorization/principal.ts';
import type { RolePermissions } from '../authorization/roles.ts';
import type { Catalog } from '../tenancy/catalog/catalog.ts';
import { type IdentificationOptions, readHints } from '../tenancy/identification/index.ts';
import type { ExpectedSchema } from '../tenancy/serving.ts';
import type { CallerPlugin, LifecyclePlugin, ServerContext } from './context.ts';

export interface AuthenticationOptions {
  readonly authenticator: Authenticator;
  readonly identification: IdentificationOptions;
  readonly catalog: Pick<Catalog, 'bySlug' | 'byId' | 'byDomain' | 'membership'>;
  readonly expectedSchema: ExpectedSchema;
  readonly rolePermissions: RolePermissions;
}

/**
 * [AN] Who is it, and may they enter the tenant? Answered before the body is read, so an anonymous caller learns
 * nothing: not whether a document is valid, not whether a tenant exists.
 *
 * Yoga's own place for this is the building of the context, after parsing and validation. `@envelop/generic-auth`
 * stays there, in its resolve-only mode, and hands over the caller who was let in here. (Its other modes rewrite the
 * document at each request; nothing that is derived from a document could be kept.)
 */
export function useAuthentication(options: AuthenticationOptions): (LifecyclePlugin | CallerPlugin)[] {
  const { authenticator, identification, catalog, expectedSchema, rolePermissions } = options;
  return [
    {
      async onRequestParse({ serverContext: { req, exchange } }) {
        exchange.enter('authentication');
        const token = await authenticator.verify(req.headers.authorization ?? null);
        exchange.subject = token.subject;
        exchange.expiresAt = token.expiresAt;
        exchange.allowedTenants = token.allowedTenants;
        const hints = [...exchange.hints, ...readHints({ claim: token.tenant }, identification)];
        const access = await admit({ hints, token, catalog, expected: expectedSchema });
        const { subject, roles, permissions } = access.membership;
        exchange.access = access;
        exchange.principal = createPrincipal({
          subject,
          tenant: access.tenant.id,
          roles,
          permissions,
          rolePermissions,
        });
        exchange.enter('body');
      },
    },
    useGenericAuth<Principal, ServerContext, 'principal'>({
      mode: 'resolve-only',
      contextFieldName: 'principal',
      resolveUserFn: ({ exchange }) => exchange.principal,
    }),
  ];
}
