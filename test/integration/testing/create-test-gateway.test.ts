import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { parse } from 'graphql';
import pg from 'pg';
import { expect, expectTypeOf, inject, test } from 'vitest';
import { createTestGateway } from '../../../src/testing/index.ts';
import { createNotesModule as notes } from '../../fixtures/notes/index.ts';
import { moduleWith } from '../migrate/fleet.ts';

const ADD = 'mutation Add($text: String!) { addNote(input: { text: $text }) { note { text } } }';

const { host, port, superuser, password } = inject('postgres');
const server = `postgresql://${superuser}:${password}@${encodeURIComponent(host)}:${port}`;

async function onServer(statement: string, values: unknown[] = []) {
  const client = new pg.Client({ connectionString: `${server}/postgres` });
  await client.connect();
  try {
    return (await client.query(statement, values)).rows;
  } finally {
    await client.end();
  }
}

test('[TI] each tenant of a test gateway has data of its own, and each gateway has tenants of its own', async () => {
  await using gateway = await createTestGateway({ modules: [notes()] });
  await using other = await createTestGateway({ modules: [notes()] });
  await gateway.as('owner').execute(ADD, { text: 'Mine' });

  const counts = await Promise.all(
    [gateway.as('owner'), gateway.as('owner', 'south'), other.as('owner')].map((client) =>
      client.execute('{ notes { totalCount } }'),
    ),
  );
  expect(counts.map(({ data }) => data)).toEqual([1, 0, 0].map((totalCount) => ({ notes: { totalCount } })));
  expect(await gateway.query('north', 'select text from note')).toEqual([{ text: 'Mine' }]);
});

test('[AZ] each role of the modules has a client, and what the role lacks is refused', async () => {
  await using gateway = await createTestGateway({ modules: [notes()], tenants: ['solo'] });
  const viewer = await gateway.as('viewer').execute(ADD, { text: 'Mine' });
  expect([viewer.status, viewer.code, viewer.data]).toEqual([403, 'FORBIDDEN', undefined]);
  const nobody = await gateway.as(null).execute('{ hello }');
  expect([nobody.status, nobody.code, nobody.data]).toEqual([401, 'UNAUTHENTICATED', undefined]);
});

test('[DI] a role or a tenant that there is not is named', async () => {
  await using gateway = await createTestGateway({ modules: [notes()], tenants: ['solo'] });
  expect(() => gateway.as('emperor')).toThrow(/^There is no role "emperor"; there are owner, /);
  expect(() => gateway.as('owner', 'north')).toThrow('There is no tenant "north"; there are solo.');
});

test('[RD] a typed document’s variables and data have its types', async () => {
  await using gateway = await createTestGateway({ modules: [notes()], tenants: ['solo'] });
  const add: TypedDocumentNode<{ addNote: { note: { text: string } } }, { text: string }> = parse(ADD);
  const { data } = await gateway.as('owner').execute(add, { text: 'Typed' });
  expectTypeOf(data).toEqualTypeOf<{ addNote: { note: { text: string } } } | null | undefined>();
  expect(data?.addNote.note.text).toBe('Typed');
  // @ts-expect-error: the variable is missing
  expect((await gateway.as('owner').execute(add, {})).status).toBe(400);
  const hello: TypedDocumentNode<{ hello: string }, Record<string, never>> = parse('{ hello }');
  expect((await gateway.as('owner').execute(hello)).data?.hello).toBe('hello');
});

test('[DO] a gateway beside another one serves its tenants, once they are migrated', async () => {
  await using old = await createTestGateway({ modules: [notes()], tenants: ['solo'] });
  const stock = moduleWith({
    '0001_items.sql': 'create table item (id uuid primary key, version int not null)',
  });
  await using young = await createTestGateway({ modules: [notes(), stock], beside: old });
  expect((await young.as('owner').execute('{ hello }')).code).toBe('TENANT_MIGRATING');
  await young.migrate();
  await expect
    .poll(() => young.as('owner').execute('{ hello }'))
    .toMatchObject({ status: 200, data: { hello: 'hello' } });
  expect((await old.as('owner').execute('{ hello }')).status).toBe(200);

  writeFileSync(join(stock.folder, '0002_wrong.sql'), 'alter table nothing add column x int');
  await expect(young.migrate()).rejects.toThrow('solo was not migrated: relation "nothing" does not exist');
});

test('[SR] a test gateway leaves neither its database nor its tenants’ roles', async () => {
  const gateway = await createTestGateway({ modules: [notes()] });
  const database = new URL(gateway.databaseUrl).pathname.slice(1);
  const roles = Object.values(gateway.tenants);
  const count = `select (select count(*)::int from pg_database where datname = $1) as databases,
    (select count(*)::int from pg_roles where rolname = any($2)) as roles`;
  expect(await onServer(count, [database, roles])).toEqual([{ databases: 1, roles: 2 }]);
  await gateway[Symbol.asyncDispose]();
  expect(await onServer(count, [database, roles])).toEqual([{ databases: 0, roles: 0 }]);
});

test('[SR] on a given server the named database is made fit for copying when it is not', async () => {
  const name = `given_${process.pid}`;
  await onServer(`create database ${name}`);
  try {
    const gateway = await createTestGateway({
      modules: [notes()],
      tenants: ['solo'],
      databaseUrl: `${server}/${name}`,
    });
    expect((await gateway.as('owner').execute('{ hello }')).data).toEqual({ hello: 'hello' });
    await gateway[Symbol.asyncDispose]();
  } finally {
    await onServer(`drop database ${name}`);
  }
});
