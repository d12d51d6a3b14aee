import pg from 'pg';
import { loginUrl } from '../database/keys.ts';
import { addMember } from '../fleet/members.ts';
import { readMigrations } from '../fleet/migrations.ts';
import { createMigratedTenant } from '../fleet/provision.ts';
import { type Module, orderModules } from '../module.ts';
import { MASTER_KEY } from './database.ts';

/** Who belongs to a tenant, and with which roles. */
export type Members = Readonly<Record<string, readonly string[]>>;

/**
 * Makes tenants that have the modules' tables.
 *
 * @param adminUrl an installed database
 * @param wanted the members of each, by the tenant's slug
 * @returns the tenants' ids, by their slugs
 */
export async function makeTenants(
  adminUrl: string,
  modules: readonly Module[],
  wanted: Readonly<Record<string, Members>>,
): Promise<Record<string, string>> {
  const plan = readMigrations(orderModules(modules));
  const owner = new pg.Pool({ connectionString: loginUrl(adminUrl, MASTER_KEY, 'owner'), max: 1 });
  try {
    const tenants: Record<string, string> = {};
    for (const [slug, members] of Object.entries(wanted)) {
      const { tenant } = await createMigratedTenant(owner, plan, { slug, name: slug, masterKey: MASTER_KEY });
      tenants[slug] = tenant.id;
      for (const [subject, roles] of Object.entries(members))
        await addMember(owner, tenant.id, subject, roles);
    }
    return tenants;
  } finally {
    await owner.end();
  }
}

/** A member for each role: `owner@north.example`. */
export function memberForEach(roles: Iterable<string>, slug: string): Members {
  return Object.fromEntries([...roles].map((role) => [`${role}@${slug}.example`, [role]]));
}
