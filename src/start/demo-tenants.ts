import { knownRoles } from '../authorization/roles.ts';
import type { Module } from '../module.ts';

/** A tenant that development makes, so that there is something to look at. */
export interface DemoTenant {
  readonly slug: string;
  readonly name: string;
  /** The users, with their roles. */
  readonly members: Readonly<Record<string, readonly string[]>>;
}

/** Somebody who is a member of both tenants, with other roles in each. */
const CONSULTANT = 'consultant@example.com';

/** Two tenants with a user for each role that the modules know. */
export function demoTenants(modules: readonly Module[]): DemoTenant[] {
  const known = [...knownRoles(modules)];
  const roles = known.length > 0 ? known : ['owner'];
  const [first = 'owner', last = first] = [roles[0], roles.at(-1)];
  const membersOf = (slug: string, consultant: string) => ({
    ...Object.fromEntries(roles.map((role) => [`${role}@${slug}.example`, [role]])),
    [CONSULTANT]: [consultant],
  });
  return [
    { slug: 'acme', name: 'Acme AG', members: membersOf('acme', first) },
    { slug: 'globex', name: 'Globex Corporation', members: membersOf('globex', last) },
  ];
}
