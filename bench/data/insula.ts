import pg from 'pg';
import { install } from '../../src/fleet/install.ts';
import { migrate } from '../../src/fleet/migrate.ts';
import { type MigrationPlan, readMigrations } from '../../src/fleet/migrations.ts';
import { createMigratedTenant } from '../../src/fleet/provision.ts';
import { modules } from '../../src/modules/index.ts';
import { composeModules } from '../../src/platform/index.ts';
import { createOwnerPool } from '../../src/start/owner-pool.ts';
import type { Place } from './place.ts';
import { settle } from './settle.ts';
import { MEMBERS_PER_TENANT, type Sizes, slugOf, subjectOf } from './sizes.ts';
import { sqlFile } from './sql.ts';

/** How many tenants are made before they are filled. */
const AHEAD = 4;

/** After how many tenants a line tells how far it is. */
const TOLD = 1_000;

/** Brings a database of an earlier run to what today's gateway expects, as operators do after an upgrade. */
export async function renewInsula({ url, masterKey }: Place, plan: MigrationPlan): Promise<void> {
  await install({ adminUrl: url, masterKey });
  const owner = createOwnerPool(url, masterKey);
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
  const owner = createOwnerPool(url, masterKey);
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  // The rows come with the database, so to speak: no operation wrote them, no audit tells of them.
  await admin.query('set session_replication_role = replica');
  const members = Array.from({ length: MEMBERS_PER_TENANT }, (_, member) => subjectOf(member)).join(',');
  const fill = async (tenant: string, number: number) => {
    // One transaction: whoever counts members counts filled tenants.
    await admin.query(`
      set search_path = ${tenant};
      ${sqlFile('rows.sql', { slug: slugOf(number), ...sizes })}
      insert into insula.membership (tenant, subject, roles)
      select '${tenant}', unnest('{${members}}'::text[]), '{owner}'`);
    await settle(admin, number);
    if (number % TOLD === 0) console.log(`${number} tenants`);
  };
  let provisioning = 0;
  const make = async (number: number) => {
    const slug = slugOf(number);
    const start = performance.now();
    const { tenant } = await createMigratedTenant(owner, plan, { slug, name: slug, masterKey });
    provisioning += performance.now() - start;
    return tenant.id;
  };
  let filled = from;
  const ahead = new Map<number, Promise<string>>();
  try {
    while (filled < sizes.tenants) {
      // Made several at once, and filled in order: who counts the filled ones knows which they are.
      for (let number = filled + 1; number <= Math.min(filled + AHEAD, sizes.tenants); number++) {
        if (ahead.has(number)) continue;
        const made = make(number);
        made.catch(() => undefined);
        ahead.set(number, made);
      }
      filled++;
      const tenant = await ahead.get(filled);
      ahead.delete(filled);
      if (tenant !== undefined) await fill(tenant, filled);
    }
  } finally {
    await admin.end();
    await owner.end();
  }
  return provisioning / Math.max(1, sizes.tenants - from);
}
