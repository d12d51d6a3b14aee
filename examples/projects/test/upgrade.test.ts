import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createTestGateway, type TestClient, type TestGateway } from 'insula/testing';
import { expect, onTestFinished, test } from 'vitest';
import { projects } from '../index.ts';
import { projectsBefore } from '../version-1/index.ts';

/** Clients are older than gateways: these documents are of the first release, and never change. */
const CREATE =
  'mutation ($title: String!) { createProject(input: { title: $title }) { project { id title } } }';
const RENAME = `mutation ($id: ID!, $title: String!) {
  renameProject(input: { id: $id, title: $title }) { project { title } }
}`;
const ADD = `mutation ($id: ID!, $title: String!) {
  addTask(input: { projectId: $id, title: $title }) { task { title project { title } } }
}`;
const LIST = '{ projects(first: 20) { totalCount nodes { title tasks { title } } } }';

interface Created {
  readonly createProject: { readonly project: { readonly id: string } };
}

/** The first migrations, as many as a release had. */
function firstMigrations(count: number): URL {
  const folder = mkdtempSync(join(tmpdir(), 'projects-migrations-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const all = fileURLToPath(projects.migrations ?? '');
  for (const file of readdirSync(all).sort().slice(0, count)) cpSync(join(all, file), join(folder, file));
  return pathToFileURL(`${folder}/`);
}

/** Somebody who works all the time, until a reply is not what they asked for. */
function work(client: TestClient, label: string) {
  const errors: unknown[] = [];
  let rounds = 0;
  let over = false;
  const ask = async (document: string, variables?: Record<string, unknown>) => {
    const { data, ...reply } = await client.execute<Created>(document, variables);
    if (reply.status !== 200 || reply.errors) errors.push({ document, ...reply });
    return data;
  };
  const working = (async () => {
    while (!over && errors.length === 0) {
      const id = (await ask(CREATE, { title: `${label} ${rounds}` }))?.createProject.project.id;
      await ask(ADD, { id, title: 'Begin' });
      await ask(RENAME, { id, title: `${label} ${rounds}, renamed` });
      await ask(LIST);
      rounds++;
    }
  })().catch((error: unknown) => {
    errors.push(error);
  });
  return {
    errors,
    /** Waits until it has done that much more. */
    async goesOn(more = 3): Promise<void> {
      const goal = rounds + more;
      await expect.poll(() => rounds >= goal || errors.length > 0, { timeout: 30_000 }).toBe(true);
      expect(errors).toEqual([]);
    },
    async stop(): Promise<number> {
      over = true;
      await working;
      return rounds;
    },
  };
}

const serves = (gateway: TestGateway, tenant: string) =>
  expect.poll(async () => (await gateway.as('lead', tenant).execute(LIST)).status).toBe(200);

test('[DO] tenants move to the second release while both releases serve them, and nobody sees an error', async () => {
  const before = { ...projectsBefore, migrations: firstMigrations(1) };
  const expanded = { ...projects, migrations: firstMigrations(2) };
  const tenants = ['north', 'south'];
  await using first = await createTestGateway({ modules: [before], tenants });
  const oldWork = tenants.map((tenant) => work(first.as('lead', tenant), 'old'));
  await Promise.all(oldWork.map(({ goesOn }) => goesOn()));

  // Expand, while the old release works.
  await using second = await createTestGateway({ modules: [expanded], beside: first });
  expect((await second.as('lead').execute(LIST)).code).toBe('TENANT_MIGRATING');
  await second.migrate();
  for (const tenant of tenants) await serves(second, tenant);
  const newWork = tenants.map((tenant) => work(second.as('lead', tenant), 'new'));
  await Promise.all([...oldWork, ...newWork].map(({ goesOn }) => goesOn()));

  // What one release writes, the other reads.
  const { data } = await first.as('lead').execute<Created>(CREATE, { title: 'From the first' });
  const id = data?.createProject.project.id;
  const node = 'query ($id: ID!) { node(id: $id) { ... on Project { title } } }';
  expect((await second.as('lead').execute(node, { id })).data).toEqual({ node: { title: 'From the first' } });
  await second.as('lead').execute(RENAME, { id, title: 'From the second' });
  expect((await first.as('lead').execute(node, { id })).data).toEqual({ node: { title: 'From the second' } });

  // Contract, once the old release is gone; the new one works on.
  const oldRounds = await Promise.all(oldWork.map(({ stop }) => stop()));
  await using third = await createTestGateway({ modules: [projects], beside: first });
  await third.migrate();
  for (const tenant of tenants) await serves(third, tenant);
  await Promise.all(newWork.map(({ goesOn }) => goesOn()));
  const newRounds = await Promise.all(newWork.map(({ stop }) => stop()));

  expect([...oldWork, ...newWork].flatMap(({ errors }) => errors)).toEqual([]);
  const rows = await third.query<{ projects: number; begun: number }>(
    'south',
    `select (select count(*)::int from project where name like '%, renamed') as projects,
       (select count(*)::int from task where milestone_id is not null) as begun`,
  );
  const rounds = (oldRounds[1] ?? 0) + (newRounds[1] ?? 0);
  expect(rows).toEqual([{ projects: rounds, begun: rounds }]);
}, 120_000);
