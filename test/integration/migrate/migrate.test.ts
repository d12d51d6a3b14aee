import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { expect, test, vi } from 'vitest';
import { migrate } from '../../../src/fleet/migrate.ts';
import { readMigrations } from '../../../src/fleet/migrations.ts';
import { createFleet, FIRST, moduleWith, planOf } from './fleet.ts';

const SECOND = {
  ...FIRST,
  '0002_price.sql': `
    -- Every item has a price from now on.
    alter table item add price bigint;
    update item set price = 100 where price is null;
    alter table item alter price set not null;
    create table discount (id int primary key, item_id int references item);`,
};

interface CatalogRow {
  slug: string;
  schema_version: number;
  schema_hash: string;
  migration_error: { migration?: string; statement?: string; message: string; code?: string } | null;
}

const CATALOG =
  'select slug, schema_version, schema_hash, migration_error from insula.tenant order by created_at';

test('[DO] every tenant gets what it lacks, with its record, its version and its protection', async () => {
  const [before, after] = [planOf(FIRST), planOf(SECOND)];
  const { owner, ids, query } = await createFleet(5, before);
  const progress: string[] = [];
  const { migrated, failed, left } = await migrate({
    owner,
    plan: after,
    onTenant: ({ applied }, { done, total }) => progress.push(`${done}/${total} ${applied}`),
  });
  expect([migrated.length, failed, left]).toEqual([5, [], 0]);
  expect(progress).toEqual([1, 2, 3, 4, 5].map((n) => `${n}/5 stock/0002_price`));
  for (const { schema_version, schema_hash, migration_error } of await query<CatalogRow>(CATALOG)) {
    expect([schema_version, schema_hash, migration_error]).toEqual([2, after.hash, null]);
  }
  for (const id of ids) {
    expect(await query(`select name from ${id}.migration order by name`)).toEqual([
      { name: 'stock/0001_items' },
      { name: 'stock/0002_price' },
    ]);
    // Of the new table, and the version column and the index that follow from it.
    expect(await query(`select version, item_id from ${id}.discount where version is null`)).toEqual([]);
    await expect(owner.query(`insert into ${id}.discount (id) values (1)`)).rejects.toThrow(
      'no operation is open',
    );
  }
});

test('[AL] data that a migration changes is in the audit trail, as the migration’s doing', async () => {
  const { owner, ids, query } = await createFleet(1, planOf(FIRST));
  const [id] = ids;
  await owner.query(`alter table ${id}.item disable trigger user`);
  await owner.query(`insert into ${id}.item values (1, 'chair')`);
  await owner.query(`alter table ${id}.item enable trigger user`);
  await migrate({ owner, plan: planOf(SECOND) });
  const trail = `select o.actor, o.name, a.action, a.new ->> 'price' as price
    from ${id}.audit a join ${id}.operation o using (seg, xid) where a.relation = 'item'`;
  expect(await query(trail)).toEqual([
    { actor: 'system:migrate', name: 'migration:stock/0002_price', action: 'U', price: '100' },
  ]);
});

test('[DO] a run with nothing to do costs one query, however many tenants there are', async () => {
  const plan = planOf(FIRST);
  const { owner } = await createFleet(20, plan);
  const query = vi.spyOn(pg.Client.prototype, 'query');
  const result = await migrate({ owner, plan });
  expect(query).toHaveBeenCalledTimes(1);
  expect(result).toEqual({ migrated: [], failed: [], left: 0 });
  query.mockRestore();
});

test('[DO] a tenant whose migration fails stops nobody else, and is reported with the statement', async () => {
  const { owner, ids, query } = await createFleet(4, planOf(FIRST));
  const after = planOf(SECOND);
  // Someone was at work by hand here.
  await query(`create table ${ids[1]}.discount ()`);
  const { migrated, failed } = await migrate({ owner, plan: after });
  expect(migrated.map(({ slug }) => slug).sort()).toEqual(['shop-0', 'shop-2', 'shop-3']);
  const failure = {
    migration: 'stock/0002_price',
    statement: 'create table discount (id int primary key, item_id int references item)',
    message: 'relation "discount" already exists',
    code: '42P07',
  };
  expect(failed).toEqual([{ tenant: ids[1], slug: 'shop-1', applied: [], failure }]);
  const [, broken] = await query<CatalogRow>(CATALOG);
  expect([broken?.schema_version, broken?.migration_error]).toEqual([1, failure]);
  // Nothing of the migration was kept.
  await expect(query(`select price from ${ids[1]}.item`)).rejects.toThrow(/"price" does not exist/);

  await query(`drop table ${ids[1]}.discount`);
  expect((await migrate({ owner, plan: after })).migrated.map(({ slug }) => slug)).toEqual(['shop-1']);
  const [, mended] = await query<CatalogRow>(CATALOG);
  expect([mended?.schema_version, mended?.migration_error]).toEqual([2, null]);
});

test('[DO] a table that can’t be protected is a failed migration', async () => {
  const { owner, query } = await createFleet(1, planOf(FIRST));
  const plan = planOf({
    ...FIRST,
    '0002_view.sql': 'create materialized view cached as select * from item',
  });
  const { failed } = await migrate({ owner, plan });
  expect(failed[0]?.failure).toMatchObject({
    migration: 'stock/0002_view',
    message: expect.stringContaining('cached'),
  });
  expect((await query<CatalogRow>(CATALOG))[0]?.schema_version).toBe(1);
});

test('[DO] a lock that is in the way is waited for briefly, again and again', async () => {
  const { owner, ids } = await createFleet(2, planOf(FIRST));
  const plan = planOf(SECOND);
  const reader = await owner.connect();
  await reader.query('begin');
  await reader.query(`lock table ${ids[0]}.item in access share mode`);
  const impatient = await migrate({ owner, plan, lockTimeout: 20, attempts: 2 });
  expect(impatient.failed[0]?.failure).toMatchObject({
    code: '55P03',
    statement: 'alter table item add price bigint',
  });
  expect(impatient.migrated.map(({ slug }) => slug)).toEqual(['shop-1']);

  const patient = migrate({ owner, plan, lockTimeout: 20 });
  setTimeout(() => void reader.query('commit').then(() => reader.release()), 300);
  expect((await patient).migrated.map(({ slug }) => slug)).toEqual(['shop-0']);
});

test('[DO] two runs at once apply everything once', async () => {
  const { owner, query } = await createFleet(10, planOf(FIRST));
  const plan = planOf(SECOND);
  const runs = await Promise.all([migrate({ owner, plan }), migrate({ owner, plan })]);
  expect(runs.map(({ failed }) => failed)).toEqual([[], []]);
  const applied = runs.flatMap(({ migrated }) => migrated).filter((tenant) => tenant.applied.length > 0);
  expect(new Set(applied.map(({ slug }) => slug)).size).toBe(applied.length);
  expect((await query<CatalogRow>(CATALOG)).every(({ schema_hash }) => schema_hash === plan.hash)).toBe(true);
});

test('[DO] a file that was changed after it had been applied is refused, and the tenants serve on', async () => {
  const { owner, query } = await createFleet(1, planOf(FIRST));
  const changed = planOf({ '0001_items.sql': 'create table item (id bigint primary key)' });
  const { failed } = await migrate({ owner, plan: changed });
  expect(failed[0]?.failure?.message).toBe('stock/0001_items was changed after it had been applied.');
  const gone = planOf({ '0001_other.sql': 'select 1' });
  expect((await migrate({ owner, plan: gone })).failed[0]?.failure?.message).toMatch(
    'No file is left of what was applied: stock/0001_items.',
  );
  expect((await query<CatalogRow>(CATALOG))[0]?.migration_error).toBeNull();
});

test('[DO] a schema that is ahead is left alone: a newer release was here', async () => {
  const { owner, query } = await createFleet(1, planOf(SECOND));
  expect(await migrate({ owner, plan: planOf(FIRST) })).toEqual({ migrated: [], failed: [], left: 0 });
  expect((await query<CatalogRow>(CATALOG))[0]?.schema_version).toBe(2);
});

test('[DO] an aborted run begins no further tenant', async () => {
  const { owner } = await createFleet(6, planOf(FIRST));
  const stop = new AbortController();
  const plan = planOf(SECOND);
  const result = await migrate({
    owner,
    plan,
    concurrency: 1,
    signal: stop.signal,
    onTenant: () => stop.abort(),
  });
  expect([result.migrated.length, result.left]).toEqual([1, 5]);
});

test('[DO] a run that is killed leaves each tenant before or after, never between, and is resumed', async () => {
  const { folder, ...module } = moduleWith(FIRST);
  const { owner, ownerUrl, ids, query } = await createFleet(24, readMigrations([module]));
  writeFileSync(join(folder, '0002_price.sql'), SECOND['0002_price.sql']);
  const plan = readMigrations([module]);
  for (const tenantsBefore of [1, 6]) {
    const child = spawn(
      process.execPath,
      [fileURLToPath(new URL('run-migrate.ts', import.meta.url)), ownerUrl, folder],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    let lines = 0;
    createInterface({ input: child.stdout }).on('line', () => {
      if (++lines === tenantsBefore) child.kill('SIGKILL');
    });
    expect((await once(child, 'exit'))[1]).toBe('SIGKILL');
    for (const [n, { schema_version }] of (await query<CatalogRow>(CATALOG)).entries()) {
      const columns = await query(
        `select from pg_attribute where attrelid = '${ids[n]}.item'::regclass and attname = 'price'`,
      );
      expect(columns).toHaveLength(schema_version === 2 ? 1 : 0);
    }
  }
  const { migrated, failed } = await migrate({ owner, plan });
  expect(failed).toEqual([]);
  expect(migrated.length).toBeGreaterThan(0);
  expect((await query<CatalogRow>(CATALOG)).every(({ schema_version }) => schema_version === 2)).toBe(true);
});
