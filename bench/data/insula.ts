import pg from 'pg';
import { loginUrl } from '../../src/database/keys.ts';
import { install } from '../../src/fleet/install.ts';
import { migrate } from '../../src/fleet/migrate.ts';
import { type MigrationPlan, readMigrations } from '../../src/fleet/migrations.ts';
import { createMigratedTenant } from '../../src/fleet/provision.ts';
import { modules } from '../../src/modules/index.ts';
import { composeModules } from '../../src/platform/index.ts';
import type { Place } from './place.ts';
import { settle } from './settle.ts';
import { MEMBERS_PER_TENANT, type Sizes, slugOf, subjectOf } from './sizes.ts';
import { sqlFile } from './sql.ts';

/** Brings a database of an earlier run to what today's gateway expects, as operators do after an upgrade. */
export async function renewInsula({ url, masterKey }: Place, plan: MigrationPlan): Promise<void> {
  await install({ adminUrl: url, masterKey });
  const owner = new pg.Pool({ connectionString: loginUrl(url, masterKey, 'owner'), max: 1 });
  try {
    await migrate({ owner, plan });
  } finally {
    await owner.end();
  }
}

/**
 * Provisions tenants as Insula's own command does, and fills them.
 *
 * @param from how many there are already
 * @returns milliseconds that provisioning one took
 */
export async function fillInsula({ url, masterKey }: Place, sizes: Sizes, from = 0): Promise<number> {
  const plan = readMigrations(composeModules(modules));
  const owner = new pg.Pool({ connectionString: loginUrl(url, masterKey, 'owner'), max: 1 });
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  // The rows come with the database, so to speak: no operation wrote them, no audit tells of them.
  await admin.query('set session_replication_role = replica');
  let provisioning = 0;
  try {
    for (let number = from + 1; number <= sizes.tenants; number++) {
      const slug = slugOf(number);
      const start = performance.now();
      const { tenant } = await createMigratedTenant(owner, plan, { slug, name: slug, masterKey });
      provisioning += performance.now() - start;
      const members = Array.from({ length: MEMBERS_PER_TENANT }, (_, member) => subjectOf(member));
      // One transaction: whoever counts members counts filled tenants.
      await admin.query(`
        set search_path = ${tenant.id};
        ${sqlFile('rows.sql', { slug, ...sizes })}
        insert into insula.membership (tenant, subject, roles)
        select '${tenant.id}', unnest('{${members.join(',')}}'::text[]), '{owner}'`);
      await settle(admin, number);
    }
  } finally {
    await admin.end();
    await owner.end();
  }
  return provisioning / Math.max(1, sizes.tenants - from);
}
