import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { expect, inject, test } from 'vitest';
import { projects } from '../../../examples/projects/index.ts';
import { createMigration, findDrift } from '../../../src/fleet/migrations-diff.ts';
import { defineEntity, defineModule, identity, type Module, p } from '../../../src/module.ts';
import { modules } from '../../../src/modules/index.ts';
import { composeModules } from '../../../src/platform/index.ts';
import { run } from '../cli/in-process.ts';
import { moduleWith } from './fleet.ts';

const { host, port, superuser, password } = inject('postgres');
const adminUrl = `postgresql://${superuser}:${password}@${encodeURIComponent(host)}:${port}/postgres`;

const ItemSchema = defineEntity({
  name: 'Item',
  schema: '*',
  properties: { ...identity(), name: p.string().length(100), weight: p.decimal().precision(10).scale(2) },
});
class Item extends ItemSchema.class {}
ItemSchema.setClass(Item);

const OrderSchema = defineEntity({
  name: 'Order',
  schema: '*',
  properties: { ...identity(), item: () => p.manyToOne(Item) },
});
class Order extends OrderSchema.class {}
OrderSchema.setClass(Order);

function stock(): Module {
  const { name, migrations } = moduleWith({});
  return defineModule({ name, entities: [Item], migrations });
}

test('[DO] entities and migrations of every module agree', async () => {
  expect(await findDrift(composeModules([...modules, projects]), { adminUrl })).toBe('');
});

test('[DO] a module’s first migration makes its tables; after that there is nothing to do', async () => {
  const module = stock();
  const path = (await createMigration(module, 'items', { adminUrl })) ?? '';
  expect(path).toMatch(/\/0001_items\.sql$/);
  expect(readFileSync(path, 'utf8')).toBe(`create table "item" (
  "id" uuid not null,
  "version" int not null default 1,
  "name" varchar(100) not null,
  "weight" numeric(10,2) not null,
  primary key ("id")
);
`);
  expect(await createMigration(module, 'again', { adminUrl })).toBeUndefined();
  expect(await findDrift([module], { adminUrl })).toBe('');
});

test('[DO] a module’s migration has what it needs of others’ tables, and not their making', async () => {
  const base = stock();
  await createMigration(base, 'items', { adminUrl });
  const { migrations } = moduleWith({});
  const orders = defineModule({ name: 'orders', dependsOn: [base], entities: [Order], migrations });
  const text = readFileSync((await createMigration(orders, 'orders', { adminUrl })) ?? '', 'utf8');
  expect(text).toContain('references "item" ("id")');
  expect(text).not.toContain('create table "item"');

  for (const file of readdirSync(base.migrations ?? ''))
    rmSync(join(fileURLToPath(base.migrations ?? ''), file));
  await expect(createMigration(orders, 'more', { adminUrl })).rejects.toThrow(
    'First create the migrations of what "orders" needs: stock.',
  );
});

test('[DO] a malformed name and a module without a folder are refused', async () => {
  await expect(createMigration(stock(), '../x', { adminUrl })).rejects.toThrow(/is like add_due_date/);
  const homeless = defineModule({ name: 'homeless', entities: [Item] });
  await expect(createMigration(homeless, 'x', { adminUrl })).rejects.toThrow(/names no folder/);
});

const before: Record<string, string> = {
  '0001_items.sql': `create table item (
    id uuid primary key, version int not null default 1, name varchar(100) not null, weight numeric(10,2) not null)`,
};
test.each([
  ['a dropped column', 'alter table item add note text', ['item.note is dropped, with all its values']],
  [
    'a dropped table',
    'create table old (id uuid primary key)',
    ['the table old is dropped, with all its rows'],
  ],
  [
    'a narrowed type',
    'alter table item alter name type varchar(500)',
    ['item.name is narrowed from character varying(500) to varchar(100)'],
  ],
  [
    'a column that may be null no longer',
    'alter table item alter name drop not null',
    ['item.name may be null no longer: it fails where a row has no value'],
  ],
  [
    'a new column without a default',
    'alter table item drop weight',
    ['item.weight is not null and has no default: it fails where there are rows'],
  ],
  [
    'a rename',
    'alter table item rename name to title',
    ['item.title becomes name: the release before finds it no longer'],
  ],
  [
    'two things',
    'alter table item add note text, add age int',
    ['item.note is dropped, with all its values', 'item.age is dropped, with all its values'],
  ],
])(
  '[DO] %s is named, a line for each change, and written only when it may be',
  async (_title, sql, lines) => {
    const { migrations } = moduleWith({ ...before, '0002_else.sql': sql });
    const module = defineModule({ name: 'stock', entities: [Item], migrations });
    await expect(createMigration(module, 'next', { adminUrl })).rejects.toMatchObject({
      name: 'MigrationDestroys',
      message: lines.join('\n'),
    });
    expect(readdirSync(migrations)).toHaveLength(2);
    expect(await createMigration(module, 'next', { adminUrl, allowDestructive: true })).toMatch(
      /0003_next\.sql$/,
    );
  },
);

test('[RI] migration create says what it would destroy, and exits with 1', async () => {
  const { migrations } = moduleWith({ ...before, '0002_else.sql': 'alter table item add note text' });
  const modules = [defineModule({ name: 'stock', entities: [Item], migrations })];
  const environment = { DATABASE_URL: adminUrl, INSULA_MASTER_KEY: Buffer.alloc(32).toString('base64') };
  const words = ['migration', 'create', 'stock', 'next'];
  expect(await run(words, { modules, environment })).toEqual({
    code: 1,
    stdout: '',
    stderr: `insula: item.note is dropped, with all its values
insula: Nothing is written. Write it nevertheless with --allow-destructive.
`,
  });
  const { code, stdout } = await run([...words, '--allow-destructive'], { modules, environment });
  expect([code, stdout]).toEqual([0, expect.stringMatching(/0003_next\.sql\n$/)]);
});

test('[DO] a wider type and a new column with a default destroy nothing', async () => {
  const { migrations } = moduleWith({
    '0001_items.sql': `create table item (id uuid primary key, name varchar(50) not null, weight numeric(6,1) not null)`,
  });
  const module = defineModule({ name: 'stock', entities: [Item], migrations });
  expect(await createMigration(module, 'next', { adminUrl })).toMatch(/0002_next\.sql$/);
});

test('[SR] no scratch database is left', async () => {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  const { rows } = await client.query(`select datname from pg_database where datname like 'insula_scratch%'`);
  await client.end();
  expect(rows).toEqual([]);
});
