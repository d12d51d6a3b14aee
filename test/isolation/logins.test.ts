import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { assemble, type Cast, enter, outcomeOf, send } from './cast.ts';

let cast: Cast;
beforeAll(async () => {
  cast = await assemble();
});
afterAll(() => cast[Symbol.asyncDispose]());

const DENIED = '42501';
const catalog = [
  'tenant',
  'plan',
  'domain',
  'membership',
  'api_key',
  'generation',
  'wrapped_key',
  'event',
].map((table) => `select * from insula.${table}`);
const secrets = [
  'select * from insula.opener_key',
  'select * from insula.segment',
  'select rolpassword from pg_authid',
  'select passwd from pg_shadow',
  'select * from pg_user_mapping',
];
const tenantRows = [
  'select * from :own.customer',
  'select * from :own.names',
  'select * from :own.audit',
  'select * from :own.operation',
  'select body_hash from :own.idempotency',
  'select * from :own.migration',
  'select * from :own.job_done',
  'select last_value from :own.invoice_no_seq',
];
const writes = [
  `insert into :own.customer (name) values ('x')`,
  'update :own.customer set name = name',
  'delete from :own.audit',
  `insert into :own.operation (seg, id, actor, name, request_id) values (1, gen_random_uuid(), 'a', 'b', 'c')`,
  `update insula.tenant set status = 'active'`,
  `insert into insula.membership values (':own', 'mallory', '{owner}')`,
  'update insula.generation set n = 0',
  'delete from insula.opener_key',
  `insert into insula.event (tenant, topic, payload) values (':own', 'a', '{}')`,
  `select insula_event.publish('a', '{}')`,
  `select insula_access.add_member('mallory', '{owner}')`,
  `select insula_access.change_member('alice', '{owner}', true)`,
  `select insula_access.create_api_key('0123456789abcdef', sha256(''), 'x', '{a}', now() + interval '1 day')`,
  `select insula_access.revoke_api_key('0123456789abcdef')`,
  'insert into :own.job_done values (1)',
];
const tableOf = (sql: readonly string[]) => sql.map((text) => ({ text }));

function attempt(login: 'gateway' | 'directory' | 'worker', text: string): Promise<string> {
  return cast.as(login, (client) => outcomeOf(send(client, text.replaceAll(':own', cast.own))));
}

describe('the gateway, before it has taken a role', () => {
  test.each(tableOf([...catalog, ...secrets, ...tenantRows, ...writes]))(
    '[SI] is refused: $text',
    async ({ text }) => {
      expect(await attempt('gateway', text)).toBe(DENIED);
    },
  );

  test.each(
    tableOf(['set role insula_owner', 'set role insula_directory', 'set role postgres', 'create role r']),
  )('[SI] is refused: $text', async ({ text }) => {
    expect(await attempt('gateway', text)).toBe(DENIED);
  });

  test("[SI] a tenant's role that it took does not outlive the transaction", async () => {
    const outcome = await cast.as('gateway', async (gateway) => {
      await enter(gateway, cast.own, { access: 'read only' });
      expect((await send(gateway, 'select count(*)::int from customer')).rows).toEqual([{ count: 3 }]);
      await gateway.query('commit');
      return outcomeOf(send(gateway, `select * from ${cast.own}.customer`));
    });
    expect(outcome).toBe(DENIED);
  });
});

describe('the directory', () => {
  test.each(tableOf(catalog))('[TI] reads the catalog: $text', async ({ text }) => {
    expect(await attempt('directory', text)).toBe('done');
  });

  test.each(tableOf([...secrets, ...tenantRows, `select insula.tenant_role()`]))(
    '[TI] is refused: $text',
    async ({ text }) => {
      expect(await attempt('directory', text)).toBe(DENIED);
    },
  );

  test.each(tableOf(writes))(
    '[TI] is refused, even in a transaction that may write: $text',
    async ({ text }) => {
      const outcome = await cast.as('directory', async (directory) => {
        await directory.query('begin read write');
        return outcomeOf(send(directory, text.replaceAll(':own', cast.own)));
      });
      expect(outcome).toBe(DENIED);
    },
  );

  test("[TI] can't take a tenant's role", async () => {
    expect(await attempt('directory', 'set role :own')).toBe(DENIED);
  });
});

describe('the worker', () => {
  test.each(
    tableOf([
      'select id, slug, status from insula.tenant',
      'select * from insula.outbox for update',
      `insert into insula.outbox (tenant, job, payload) values (':own', 'x:y', '{}')`,
      'update insula.outbox set due_at = now()',
      'delete from insula.outbox',
      `insert into insula.schedule values (':own', 'x:y', '2026-03-01')`,
    ]),
  )('[PR] serves the queue: $text', async ({ text }) => {
    expect(await attempt('worker', text)).toBe('done');
  });

  const others = catalog.filter((text) => !text.endsWith('.tenant'));
  const beyond = [
    'truncate insula.outbox',
    'alter table insula.outbox add column x int',
    'delete from insula.schedule',
    `select :own.enqueue('x:y', '{}')`,
    'select :own.finish_job(1)',
    'set role :own',
  ];
  test.each(tableOf([...others, ...secrets, ...tenantRows, ...writes, ...beyond]))(
    '[PR] is refused: $text',
    async ({ text }) => {
      expect(await attempt('worker', text)).toBe(DENIED);
    },
  );
});
