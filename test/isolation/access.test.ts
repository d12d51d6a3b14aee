import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { addMember } from '../../src/fleet/members.ts';
import { assemble, type Cast, enter, outcomeOf, send } from './cast.ts';

let cast: Cast;
let gateway: pg.Client;
beforeAll(async () => {
  cast = await assemble();
  await cast.as('owner', async (owner) => {
    await addMember(owner, cast.own, 'alice', ['owner']);
    await addMember(owner, cast.other, 'secret-bob', ['owner']);
    await owner.query(
      `insert into insula.api_key (id, tenant, hash, name, permissions, created_by, expires_at)
       values ('0000000000000000', $1, sha256('a'), 'ours', '{}', 'user:alice', now() + interval '1 day'),
         ('1111111111111111', $2, sha256('b'), 'secret-key', '{}', 'user:bob', now() + interval '1 day')`,
      [cast.own, cast.other],
    );
  });
});
afterAll(() => cast[Symbol.asyncDispose]());
beforeEach(async () => {
  gateway = await cast.connect('gateway');
});
afterEach(() => gateway.end());

const inOperation = () =>
  enter(gateway, cast.own, {
    operation: { id: randomUUID(), actor: 'user:mallory', name: 'anything', requestId: 'req-1' },
  });

test('[AZ] a tenant sees its own members and keys alone, and no hash', async () => {
  await enter(gateway, cast.own, { access: 'read only' });
  expect((await send(gateway, 'select id from insula_access.platform_member')).rows).toEqual([
    { id: 'alice' },
  ]);
  expect((await send(gateway, 'select name from insula_access.platform_api_key')).rows).toEqual([
    { name: 'ours' },
  ]);
  expect(await outcomeOf(send(gateway, 'select hash from insula_access.platform_api_key'))).toBe('42703');
});

test.each([
  'select * from insula_access.platform_member where id::int = 1',
  'select * from insula_access.platform_member where 1 / (length(id) - 10) > 0',
  'select * from insula_access.platform_api_key where name::int = 1',
])('[AZ] a condition that fails on its way tells nothing of others’ rows: %s', async (text) => {
  await enter(gateway, cast.own, { access: 'read only' });
  const failure = await send(gateway, text).then(
    () => '',
    (error: Error) => error.message,
  );
  expect(failure).not.toMatch(/secret|division by zero/);
});

test.each([
  `select insula_access.add_member('mallory', '{owner}')`,
  `select insula_access.change_member('alice', '{}', true)`,
  `select insula_access.create_api_key('2222222222222222', sha256('c'), 'x', '{a}', now() + interval '1 day')`,
  `select insula_access.revoke_api_key('0000000000000000')`,
])('[TA] nothing of it changes without an operation: %s', async (text) => {
  await enter(gateway, cast.own);
  await expect(send(gateway, text)).rejects.toMatchObject({ code: '42501', message: 'no operation is open' });
});

test('[AZ] inside an operation another tenant’s access can’t be named', async () => {
  await inOperation();
  const { rows } = await send(
    gateway,
    `select insula_access.change_member('secret-bob', '{}', true) as member,
       insula_access.revoke_api_key('1111111111111111') as key`,
  );
  await gateway.query('rollback');
  expect(rows).toEqual([{ member: 'unknown', key: false }]);
});

test('[TA] who made a key is whose operation it was, whatever the statement says', async () => {
  await inOperation();
  await send(
    gateway,
    `select insula_access.create_api_key('3333333333333333', sha256('d'), 'x', '{a}', now() + interval '1 day')`,
  );
  const { rows } = await send(
    gateway,
    `select k.created_by, a.new ->> 'id' as audited
     from insula_access.platform_api_key k, audit a where k.id = '3333333333333333' and a.relation = 'platform_api_key'`,
  );
  await gateway.query('rollback');
  expect(rows).toEqual([{ created_by: 'user:mallory', audited: '3333333333333333' }]);
});
