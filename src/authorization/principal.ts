import { PUBLIC, type RolePermissions } from './roles.ts';

/** The caller, inside one tenant. */
export interface Principal {
  readonly subject: string;
  /** As the audit trail names the caller: `user:<subject>`, or `key:<id>` for an API key. */
  readonly actor: string;
  /** The tenant's id. */
  readonly tenant: string;
  readonly roles: readonly string[];
  readonly permissions: ReadonlySet<string>;
  may(permission: string): boolean;
}

/** How logs and the audit trail name a member; an API key's subject says what it is. */
export const actorOf = (subject: string) => (subject.startsWith('key:') ? subject : `user:${subject}`);

/** The caller with what their roles in this tenant permit, or with the permissions that an API key was made for. */
export function createPrincipal(options: {
  readonly subject: string;
  readonly tenant: string;
  readonly roles: readonly string[];
  readonly permissions?: ReadonlySet<string> | undefined;
  readonly rolePermissions: RolePermissions;
}): Principal {
  const { subject, tenant, roles, rolePermissions } = options;
  const permissions = options.permissions ?? rolePermissions.of(roles);
  return {
    subject,
    actor: actorOf(subject),
    tenant,
    roles,
    permissions,
    may: (permission) => permission === PUBLIC || permissions.has(permission),
  };
}
