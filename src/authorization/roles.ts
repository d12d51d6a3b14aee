/** Which permissions roles give. */
export interface RolePermissions {
  /** Every permission that some role has. */
  readonly known: ReadonlySet<string>;
  /** Every role that has a permission, in the order of the modules. */
  readonly roles: ReadonlySet<string>;
  /** Together, for somebody with these roles; a role that no module mentions gives nothing. */
  of(roles: readonly string[]): ReadonlySet<string>;
}

/** The part of a module that this folder reads. */
export interface PermissionSource {
  readonly name: string;
  /** Each permission with the roles that have it. */
  readonly permissions?: Readonly<Record<string, readonly string[]>>;
}

/** What a field states that every member of the tenant may ask for. */
export const PUBLIC = 'public';

/** Every role that some module gives a permission, in the order of the modules. */
export function knownRoles(modules: readonly PermissionSource[]): ReadonlySet<string> {
  return new Set(modules.flatMap(({ permissions = {} }) => Object.values(permissions).flat()));
}

const NOTHING: ReadonlySet<string> = new Set();

/**
 * Turns the modules' permissions round: from a role to what it permits.
 *
 * @throws Error when two modules declare the same permission, or one declares `public`, which every member has.
 * @example
 * const permissions = rolePermissions([{ name: 'invoices', permissions: { 'invoices:read': ['owner', 'viewer'] } }]);
 * permissions.of(['viewer']).has('invoices:read'); // true
 */
export function rolePermissions(modules: Iterable<PermissionSource>): RolePermissions {
  const owners = new Map<string, string>();
  const byRole = new Map<string, Set<string>>();
  for (const { name, permissions = {} } of modules) {
    for (const [permission, roles] of Object.entries(permissions)) {
      if (permission === PUBLIC)
        throw new Error(`The module "${name}" can't declare "public": every member has it.`);
      const owner = owners.get(permission);
      if (owner !== undefined)
        throw new Error(`Both "${owner}" and "${name}" declare the permission "${permission}".`);
      owners.set(permission, name);
      for (const role of roles) byRole.set(role, (byRole.get(role) ?? new Set()).add(permission));
    }
  }

  // A membership's roles are one array for as long as it is cached, so its union is made once.
  const unions = new WeakMap<readonly string[], ReadonlySet<string>>();
  const union = (roles: readonly string[]): ReadonlySet<string> => {
    if (roles.length === 1 && roles[0] !== undefined) return byRole.get(roles[0]) ?? NOTHING;
    return new Set(roles.flatMap((role) => [...(byRole.get(role) ?? NOTHING)]));
  };
  return {
    known: new Set(owners.keys()),
    roles: new Set(byRole.keys()),
    of(roles) {
      const made = unions.get(roles) ?? union(roles);
      unions.set(roles, made);
      return made;
    },
  };
}
