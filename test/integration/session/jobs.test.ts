import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createNotesModule } from '../../fixtures/notes/index.ts';
import { startGateway, type TestGateway } from '../../support/gateway.ts';

describe('a job that a mutation enqueues', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway({ modules: [createNotesModule()] });
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  const outbox = () =>
    gateway.rows<{ tenant: string; job: string; payload: unknown }>(
      'north',
      'select tenant, job, payload from insula.outbox order by id',
    );
  const raw = (sql: string) =>
    gateway.ask({
      tenant: 'north',
      query: 'query Raw($sql: String!) { raw(sql: $sql) }',
      variables: { sql },
    });

  test('[AT PR] is kept with the mutation, for its tenant', async () => {
    const reply = await gateway.ask({ tenant: 'north', query: 'mutation { addAndAnnounce(text: "news") }' });
    expect(reply.body).toEqual({ data: { addAndAnnounce: true } });
    const [note] = await gateway.rows<{ id: string }>('north', `select id from note where text = 'news'`);
    expect(await outbox()).toContainEqual({
      tenant: gateway.tenants.north,
      job: 'notes:announce',
      payload: { id: note?.id },
    });
  });

  test('[AT SC] is gone with a mutation that is rolled back', async () => {
    const before = await outbox();
    const reply = await gateway.ask({
      tenant: 'north',
      query: 'mutation { addAndAnnounce(text: "no news") refuse }',
    });
    expect(reply.status).toBe(409);
    expect(await outbox()).toEqual(before);
  });

  test('[AT DV] with a payload that does not fit is refused, and the mutation with it', async () => {
    const query = 'mutation { addAndAnnounce(text: "misfit", id: "no uuid") }';
    const reply = await gateway.ask({ tenant: 'north', query });
    expect([reply.status, reply.code]).toEqual([400, 'BAD_USER_INPUT']);
    expect(await gateway.rows('north', `select from note where text = 'misfit'`)).toEqual([]);
  });

  test.each([
    ['outside of an operation', `select enqueue('notes:announce', '{}')`],
    ['in another tenant’s name', `select "OTHER".enqueue('notes:announce', '{}')`],
    ['past the function', `insert into insula.outbox (tenant, seg, job, payload) values ('x', 1, 'y', '{}')`],
    ['by reading those of others', 'select * from insula.outbox'],
  ])('[AT DO] can not be had by SQL: %s', async (_what, sql) => {
    const before = await outbox();
    const reply = await raw(sql.replace('OTHER', String(gateway.tenants.south)));
    expect(reply.body.errors).toHaveLength(1);
    expect(await outbox()).toEqual(before);
  });
});
