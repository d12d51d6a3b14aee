import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { onTestFinished } from 'vitest';
import type { Login } from '../../../src/database/keys.ts';
import { applyMigrations } from '../../../src/fleet/migrate-tenant.ts';
import { type MigrationPlan, readMigrations } from '../../../src/fleet/migrations.ts';
import { createTenant } from '../../../src/fleet/provision.ts';
import { createDatabase, MASTER_KEY } from '../../support/database.ts';

/** A module with the given migrations, in a folder of its own. */
export function moduleWith(
  files: Record<string, string>,
  cleanUp: (work: () => void) => void = onTestFinished,
) {
  const folder = mkdtempSync(join(tmpdir(), 'insula-migrations-'));
  cleanUp(() => rmSync(folder, { recursive: true }));
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  return { name: 'stock', migrations: pathToFileURL(`${folder}/`), folder };
}

export const planOf = (files: Record<string, string>) => readMigrations([moduleWith(files)]);

export const FIRST = { '0001_items.sql': 'create table item (id int primary key, name text not null)' };

export interface Fleet {
  readonly owner: pg.Pool;
  url(login: Login): string;
  readonly close: () => Promise<void>;
  readonly ownerUrl: string;
  /** The ids of the tenants, in the order of their making. */
  readonly ids: readonly string[];
  query<Row extends object>(text: string, values?: unknown[]): Promise<Row[]>;
}

/** A database with nothing but `count` tenants, `shop-0` and so on, that have these migrations. */
export async function createFleet(
  count: number,
  plan: MigrationPlan,
  { untilTestEnds = true } = {},
): Promise<Fleet> {
  const database = await createDatabase();
  const owner = new pg.Pool({ connectionString: database.url('owner'), max: 8 });
  const admin = new pg.Pool({ connectionString: database.adminUrl, max: 2 });
  const close = async () => {
    await Promise.all([owner.end(), admin.end()]);
    await database.drop();
  };
  if (untilTestEnds) onTestFinished(close);
  await owner.query('delete from insula.tenant');
  const client = await owner.connect();
  const ids: string[] = [];
  for (let n = 0; n < count; n++) {
    const { tenant } = await createTenant({
      masterKey: MASTER_KEY,
      client,
      slug: `shop-${n}`,
      name: `Shop ${n}`,
      async applyMigrations(within, id) {
        await applyMigrations(within, id, plan);
        return plan;
      },
    });
    ids.push(tenant.id);
  }
  client.release();
  return {
    owner,
    url: database.url,
    close,
    ownerUrl: database.url('owner'),
    ids,
    query: async (text, values) => (await admin.query(text, values)).rows,
  };
}
