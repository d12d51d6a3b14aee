import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defineModule } from '../../../src/module.ts';
import { startGateway, type TestGateway } from '../../support/gateway.ts';

const LIST = '{ members(first: 50) { totalCount nodes { id subject roles } } }';
const ADD = `mutation Add($subject: String!, $roles: [String!]!) {
  addMember(input: { subject: $subject, roles: $roles }) { member { id subject roles } }
}`;
const CHANGE = `mutation Change($id: ID!, $roles: [String!]!) {
  changeMemberRoles(input: { id: $id, roles: $roles }) { member { roles } }
}`;
const REMOVE = 'mutation Remove($id: ID!) { removeMember(input: { id: $id }) { removedMemberId } }';
/** A change of the catalog is felt within this many milliseconds. */
const FRESH = 1_000;

/** The roles that there are besides those that the platform itself gives permissions. */
const clerks = defineModule({
  name: 'clerks',
  permissions: { 'clerks:work': ['owner', 'admin', 'accountant', 'viewer'] },
});

/** As the harness names the users of a tenant. */
const subjectOf = (user: string, tenant = 'north') => `${user}@${tenant}.example`;
const idOf = (user: string, tenant?: string) =>
  Buffer.from(`Member:${subjectOf(user, tenant)}`).toString('base64url');

describe('members', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway({ modules: [clerks], tenants: ['north', 'south', 'west'] });
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  const ask = (query: string, variables: object = {}, as = 'owner', tenant = 'north') =>
    gateway.ask<Record<string, never>>({ tenant, as, query, variables });

  test('[AZ] are listed, those of the own tenant alone, in one statement', async () => {
    const reply = await gateway.ask({ tenant: 'north', query: LIST });
    expect(reply.body.data).toEqual({
      members: {
        totalCount: 4,
        nodes: ['accountant', 'admin', 'owner', 'viewer'].map((user) => ({
          id: idOf(user),
          subject: subjectOf(user),
          roles: [user],
        })),
      },
    });
    expect(await gateway.logLine(reply)).toMatchObject({ statements: 1 });
  });

  test('[AZ] somebody who is added gets in at once, and out when removed', async () => {
    expect((await ask('{ viewer { subject } }', {}, 'jane')).status).toBe(403);
    const added = await ask(ADD, { subject: subjectOf('jane'), roles: ['viewer', 'accountant', 'viewer'] });
    expect(added.body.data).toEqual({
      addMember: {
        member: { id: idOf('jane'), subject: subjectOf('jane'), roles: ['accountant', 'viewer'] },
      },
    });
    await delay(FRESH);
    expect((await ask('{ viewer { roles } }', {}, 'jane')).body.data).toEqual({
      viewer: { roles: ['accountant', 'viewer'] },
    });
    expect((await ask('{ viewer { subject } }', {}, 'jane', 'south')).status).toBe(403);
    expect((await ask(REMOVE, { id: idOf('jane') })).body.data).toEqual({
      removeMember: { removedMemberId: idOf('jane') },
    });
    await delay(FRESH);
    expect((await ask('{ viewer { subject } }', {}, 'jane')).status).toBe(403);
  });

  test.each([
    ['a member', ADD, { subject: subjectOf('viewer'), roles: ['viewer'] }, 409, 'ALREADY_A_MEMBER'],
    ['an unknown role', ADD, { subject: 'joe', roles: ['king'] }, 400, 'BAD_USER_INPUT'],
    ['no role', ADD, { subject: 'joe', roles: [] }, 400, 'BAD_USER_INPUT'],
    ['an API key', ADD, { subject: 'key:0123456789abcdef', roles: ['owner'] }, 400, 'BAD_USER_INPUT'],
    ['a line feed', ADD, { subject: 'a\nb', roles: ['viewer'] }, 400, 'BAD_USER_INPUT'],
    ['nobody', CHANGE, { id: idOf('nobody'), roles: ['viewer'] }, 404, 'NOT_FOUND'],
    ['nobody to remove', REMOVE, { id: idOf('nobody') }, 404, 'NOT_FOUND'],
    ['the last owner', REMOVE, { id: idOf('owner') }, 409, 'LAST_OWNER'],
    ['the last owner’s roles', CHANGE, { id: idOf('owner'), roles: ['admin'] }, 409, 'LAST_OWNER'],
  ])('[EH] %s is refused, and nothing changes', async (_, query, variables, status, code) => {
    const before = await gateway.rows('north', 'select * from insula.membership order by 1, 2');
    const reply = await ask(query, variables);
    expect([reply.status, reply.code]).toEqual([status, code]);
    expect(await gateway.rows('north', 'select * from insula.membership order by 1, 2')).toEqual(before);
  });

  test.each([
    ['make an owner', ADD, { subject: 'joe', roles: ['owner'] }],
    ['raise somebody to owner', CHANGE, { id: idOf('viewer'), roles: ['owner'] }],
    ['take an owner’s roles', CHANGE, { id: idOf('owner'), roles: ['viewer'] }],
    ['remove an owner', REMOVE, { id: idOf('owner') }],
  ])('[AZ] an admin can’t %s', async (_, query, variables) => {
    const reply = await ask(query, variables, 'admin');
    expect([reply.status, reply.code]).toEqual([403, 'OWNERS_ONLY']);
  });

  test('[AZ] who is neither owner nor admin sees and changes nothing', async () => {
    for (const [query, variables] of [
      [LIST, {}],
      [ADD, { subject: 'joe', roles: ['viewer'] }],
      [REMOVE, { id: idOf('viewer') }],
    ] as const) {
      expect((await ask(query, variables, 'accountant')).code).toBe('FORBIDDEN');
    }
  });

  test('[SD] of two owners who remove each other at the same moment, one stays', async () => {
    await ask(ADD, { subject: subjectOf('second', 'south'), roles: ['owner'] }, 'owner', 'south');
    await delay(FRESH);
    const replies = await Promise.all([
      ask(REMOVE, { id: idOf('second', 'south') }, 'owner', 'south'),
      ask(REMOVE, { id: idOf('owner', 'south') }, 'second', 'south'),
    ]);
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(
      await gateway.rows(
        'south',
        `select from insula.membership m join insula.tenant t on t.id = m.tenant and t.slug = 'south' where 'owner' = any (m.roles)`,
      ),
    ).toHaveLength(1);
  });

  test('[TA] every change is in the audit trail, under its actor', async () => {
    const subject = subjectOf('joe', 'west');
    await ask(ADD, { subject, roles: ['viewer'] }, 'admin', 'west');
    await ask(CHANGE, { id: idOf('joe', 'west'), roles: ['accountant'] }, 'owner', 'west');
    await ask(REMOVE, { id: idOf('joe', 'west') }, 'owner', 'west');
    const trail = await ask(
      '{ auditEvents(last: 3, filter: { relation: "platform_member" }) { nodes { actor action operation nodeId old new } } }',
      {},
      'owner',
      'west',
    );
    const nodeId = idOf('joe', 'west');
    expect(trail.body.data).toEqual({
      auditEvents: {
        nodes: [
          {
            actor: 'user:owner@west.example',
            action: 'DELETE',
            operation: 'Remove',
            nodeId,
            old: { id: subject, roles: ['accountant'] },
            new: null,
          },
          {
            actor: 'user:owner@west.example',
            action: 'UPDATE',
            operation: 'Change',
            nodeId,
            old: { id: subject, roles: ['viewer'] },
            new: { id: subject, roles: ['accountant'] },
          },
          {
            actor: 'user:admin@west.example',
            action: 'INSERT',
            operation: 'Add',
            nodeId,
            old: null,
            new: { id: subject, roles: ['viewer'] },
          },
        ],
      },
    });
  });

  test('[SD] a change is kept with the rest of its mutation, or not at all', async () => {
    const both = `mutation Both($id: ID!) {
      addMember(input: { subject: "later@north.example", roles: ["viewer"] }) { member { id } }
      removeMember(input: { id: $id }) { removedMemberId }
    }`;
    expect((await ask(both, { id: idOf('nobody') })).body.data).toBeNull();
    expect(
      (await ask('query One($id: ID!) { member(id: $id) { id } }', { id: idOf('later') })).body.data,
    ).toEqual({
      member: null,
    });
  });
});
