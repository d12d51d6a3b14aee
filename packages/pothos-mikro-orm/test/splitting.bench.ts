// When does a batch cost less than one statement? CPU of node and of PostgreSQL's backend, medians of alternated rounds.
// DATABASE_URL=<an empty database on this machine, over one connection> node test/splitting.bench.ts [list|one|circle]
import { readFileSync } from 'node:fs';
import { defineEntity, MikroORM, type SqlEntityManager } from '@mikro-orm/postgresql';
import SchemaBuilder from '@pothos/core';
import { execute, parse } from 'graphql';
import pothosMikroOrm from '../src/index.ts';
import { loaderOf } from '../src/schema/builder-loader.ts';

const ItemSchema = defineEntity({
  name: 'Item',
  properties: (p) => ({
    id: p.integer().primary(),
    parent: () => p.manyToOne(Parent).ref(),
    text: p.text(),
    quantity: p.integer(),
  }),
});
class Item extends ItemSchema.class {}
ItemSchema.setClass(Item);
const GroupSchema = defineEntity({
  name: 'Group',
  properties: (p) => ({
    id: p.integer().primary(),
    name: p.text(),
    note: p.text(),
    parents: () => p.manyToMany(Parent).inversedBy('groups').owner(),
  }),
});
class Group extends GroupSchema.class {}
GroupSchema.setClass(Group);
const ParentSchema = defineEntity({
  name: 'Parent',
  properties: (p) => ({
    id: p.integer().primary(),
    number: p.text(),
    status: p.text(),
    group: () => p.manyToOne(Group).ref(),
    items: () => p.oneToMany(Item).mappedBy('parent'),
    groups: () => p.manyToMany(Group).mappedBy('parents'),
  }),
});
class Parent extends ParentSchema.class {}
ParentSchema.setClass(Parent);

const clientUrl = process.env.DATABASE_URL;
if (!clientUrl) throw new Error('DATABASE_URL names an empty database.');
const orm = new MikroORM({ clientUrl, entities: [Parent, Group, Item], pool: { min: 1, max: 1 } });
await orm.schema.create();

const builder = new SchemaBuilder<{ Context: { em: SqlEntityManager }; DefaultFieldNullability: false }>({
  plugins: [pothosMikroOrm],
  defaultFieldNullability: false,
  mikroOrm: { orm, em: ({ em }) => em },
});
builder.entityObject(Group, {
  fields: (t) => ({
    name: t.expose('name'),
    note: t.expose('note'),
    parents: t.relation('parents', { query: () => ({ limit: 20 }) }),
  }),
});
builder.entityObject(Item, {
  fields: (t) => ({ id: t.expose('id'), text: t.expose('text'), quantity: t.expose('quantity') }),
});
builder.entityObject(Parent, {
  fields: (t) => ({
    number: t.expose('number'),
    status: t.expose('status'),
    group: t.relation('group'),
    groups: t.relation('groups', { query: () => ({ limit: 20 }) }),
    items: t.relation('items', { query: () => ({ limit: 100 }) }),
  }),
});
builder.queryType({
  fields: (t) => ({
    parents: t.entityField({
      type: [Parent],
      args: { limit: t.arg.int({ required: true }) },
      resolve: (read, _root, { limit }) => read({ limit, orderBy: { id: 'asc' } }),
    }),
  }),
});
const schema = builder.toSchema();
const loader = loaderOf(builder as never);
const sql = (text: string) => orm.em.fork().execute(text);
const [backend] = (await sql('select pg_backend_pid() as pid')) as [{ pid: number }];
const milliseconds = () => {
  const { user, system } = process.cpuUsage();
  return (
    (user + system) / 1e3 + Number(readFileSync(`/proc/${backend.pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6
  );
};
const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1] ?? 0;

/** CPU of one statement, in ms, and of batches as a multiple of it. */
async function compare(selection: string, limit: number): Promise<string> {
  const document = parse(`{ parents(limit: ${limit}) { number status ${selection} } }`);
  const bounds = [Number.POSITIVE_INFINITY, 0].map((rows) => ({ rows, wideParents: rows, unstated: 10 }));
  const run = async (times: number, limits: (typeof bounds)[number]) => {
    loader.limits = limits;
    const before = milliseconds();
    for (let i = 0; i < times; i++) {
      const { errors } = await execute({ schema, document, contextValue: { em: orm.em.fork() } });
      if (errors) throw errors[0];
    }
    return (milliseconds() - before) / times;
  };
  const times = Math.max(2, Math.round(60 / (await run(8, bounds[0] as never))));
  await run(8, bounds[1] as never);
  const taken: [number[], number[]] = [[], []];
  for (let round = 0; round < 7; round++) {
    for (const [i, limits] of bounds.entries()) taken[i]?.push(await run(times, limits));
  }
  const [one, batched] = taken.map(median) as [number, number];
  return `${one.toFixed(2)} ms, ${(batched / one).toFixed(2)}`;
}

async function fill(parents: number, groups: number, bytes: number, items: number): Promise<void> {
  await sql(`truncate item, group_parents, parent, "group"`);
  await sql(`insert into "group" select g, 'Group ' || g,
    (select left(string_agg(md5((g * 1000 + i)::text), ''), ${bytes}) from generate_series(0, ${bytes} / 32) i)
    from generate_series(1, ${groups}) g`);
  await sql(
    `insert into parent select i, 'P-' || i, 'paid', 1 + i % ${groups} from generate_series(1, ${parents}) i`,
  );
  await sql(`insert into item select (i - 1) * ${items} + j, i, 'Item ' || j, j
    from generate_series(1, ${parents}) i, generate_series(1, ${items}) j`);
  await sql('create index if not exists item_parent on item (parent_id)');
  await sql('analyze');
}

const wanted = process.argv[2];
const print = (...cells: (string | number)[]) => process.stdout.write(`| ${cells.join(' | ')} |\n`);
if (wanted !== 'one' && wanted !== 'circle') {
  for (const parents of [20, 100, 1000]) {
    for (const items of [1, 3, 20]) {
      await fill(parents, 1, 32, items);
      print(`${parents} parents`, `${items} rows each`, await compare('items { id text quantity }', parents));
    }
  }
}
if (wanted !== 'list' && wanted !== 'circle') {
  for (const bytes of [100, 1000, 4000, 16_000]) {
    for (const [parents, groups] of [
      [20, 20],
      [20, 5],
      [50, 50],
      [50, 10],
      [200, 200],
      [200, 100],
      [200, 10],
      [1000, 1000],
      [1000, 500],
      [1000, 50],
    ] as const) {
      await fill(parents, groups, bytes, 1);
      print(
        `${bytes} bytes`,
        `${parents} parents`,
        `${groups} distinct`,
        await compare('group { name note }', parents),
      );
    }
  }
}
if (wanted !== 'list' && wanted !== 'one') {
  await fill(100, 20, 32, 1);
  await sql(
    'insert into group_parents (group_id, parent_id) select g, p from generate_series(1, 20) g, generate_series(1, 100) p where (g + p) % 5 = 0',
  );
  const circle = (depth: number): string =>
    depth === 0 ? 'number' : `number groups { name parents { ${circle(depth - 1)} } }`;
  for (const [depth, parents] of [
    [1, 2],
    [1, 5],
    [1, 10],
    [1, 20],
    [1, 50],
    [2, 1],
  ] as const) {
    print(
      `circle ${depth}`,
      `${parents} parents`,
      `product ${parents * 400 ** depth}`,
      await compare(circle(depth), parents),
    );
  }
}
await orm.close();
