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

test('[SR] no scratch database is left', async () => {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  const { rows } = await client.query(`select datname from pg_database where datname like 'insula_scratch%'`);
  await client.end();
  expect(rows).toEqual([]);
});
