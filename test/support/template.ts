import { existsSync } from 'node:fs';
import pg from 'pg';
import { loginUrl } from '../../src/database/keys.ts';
import { install } from '../../src/fleet/install.ts';
import { addMember } from '../../src/fleet/members.ts';
import { applyMigrations } from '../../src/fleet/migrate-tenant.ts';
import { type MigrationPlan, readMigrations } from '../../src/fleet/migrations.ts';
import { createTenant } from '../../src/fleet/provision.ts';
import { type Module, orderModules } from '../../src/module.ts';

/** The key that all databases of the run are installed with. */
export const MASTER_KEY = Buffer.alloc(32, 'insula test ');

/** The tenants of the template, each with its members and their roles. Some are members of both. */
const CAST = {
  acme: {
    'owner@acme.example': ['owner'],
    'accountant@acme.example': ['accountant'],
    'viewer@acme.example': ['viewer'],
    'both@example.com': ['admin'],
  },
  globex: { 'owner@globex.example': ['owner'], 'both@example.com': ['viewer'] },
};

/**
 * Makes the database that every test file gets a copy of: installed, with the tenants of the cast, whose schemas have
 * the modules' tables and no rows.
 */
export async function buildTemplate(superuserUrl: string): Promise<string> {
  const template = 'insula_template';
  const url = new URL(superuserUrl);
  const admin = new pg.Client({ connectionString: url.href });
  await admin.connect();
  await admin.query(`create database ${template}`);
  await admin.end();
  url.pathname = `/${template}`;
  await install({ adminUrl: url.href, masterKey: MASTER_KEY });
  const plan = readMigrations(orderModules(await modulesOfThisTree()));
  const owner = new pg.Client({ connectionString: loginUrl(url.href, MASTER_KEY, 'owner') });
  await owner.connect();
  try {
    for (const [slug, members] of Object.entries(CAST)) await createCastTenant(owner, plan, slug, members);
  } finally {
    await owner.end();
  }
  return template;
}

async function createCastTenant(
  client: pg.Client,
  plan: MigrationPlan,
  slug: string,
  members: Record<string, readonly string[]>,
): Promise<void> {
  const { tenant } = await createTenant({
    client,
    slug,
    name: `${slug} (test)`,
    masterKey: MASTER_KEY,
    async applyMigrations(within, id) {
      await applyMigrations(within, id, plan);
      return plan;
    },
  });
  for (const [subject, roles] of Object.entries(members)) await addMember(client, tenant.id, subject, roles);
}

/** The reference domain; none in a tree where it was taken away, whose tests of the core pass nevertheless. */
async function modulesOfThisTree(): Promise<readonly Module[]> {
  const reference = new URL('../../src/modules/index.ts', import.meta.url);
  return existsSync(reference) ? (await import(reference.href)).modules : [];
}
