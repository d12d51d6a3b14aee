import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addDomain, removeDomain } from '../../../src/fleet/domains.ts';
import { addMember, listMembers, removeMember } from '../../../src/fleet/members.ts';
import { createTenant } from '../../../src/fleet/provision.ts';
import {
  findTenant,
  listTenants,
  resumeTenant,
  showTenant,
  suspendTenant,
} from '../../../src/fleet/tenants.ts';
import { createDatabase, MASTER_KEY, type TestDatabase } from '../../support/database.ts';

let database: TestDatabase;
let owner: pg.Client;
beforeAll(async () => {
  database = await createDatabase();
  owner = new pg.Client({ connectionString: database.url('owner') });
  await owner.connect();
  for (const slug of ['beta', 'alpha']) {
    const applyMigrations = async () => ({ version: 0, hash: '' });
    await createTenant({ masterKey: MASTER_KEY, client: owner, slug, name: slug, applyMigrations });
  }
});
afterAll(async () => {
  await owner.end();
  await database.drop();
});

async function generation(): Promise<bigint> {
  return BigInt((await owner.query('select n from insula.generation')).rows[0].n);
}

/** The generations that `work` advances by, and those that were heard of. */
async function announced(work: () => Promise<unknown>): Promise<{ advanced: bigint; heard: string[] }> {
  const listener = new pg.Client({ connectionString: database.url('directory') });
  await listener.connect();
  const heard: string[] = [];
  listener.on('notification', ({ payload }) => heard.push(payload ?? ''));
  await listener.query('listen insula_catalog');
  const before = await generation();
  await work();
  const advanced = (await generation()) - before;
  // A notification comes with the answer to the next statement at the latest.
  await listener.query('select');
  await listener.end();
  return { advanced, heard };
}

test('[TI] tenants are listed in the order of their slugs', async () => {
  const slugs = (await listTenants(owner)).map(({ slug }) => slug);
  expect(slugs).toEqual(expect.arrayContaining(['alpha', 'beta']));
  expect(slugs).toEqual(slugs.toSorted());
});

test('[TI] a tenant is found by slug and by id', async () => {
  const tenant = await showTenant(owner, 'alpha');
  expect(await showTenant(owner, tenant.id)).toEqual(tenant);
  expect(await findTenant(owner, 'nobody')).toBeUndefined();
});

test.each([
  { what: 'show', order: () => showTenant(owner, 'nobody') },
  { what: 'suspend', order: () => suspendTenant(owner, 'nobody') },
  { what: 'resume', order: () => resumeTenant(owner, 'nobody') },
  { what: 'add a member to', order: () => addMember(owner, 'nobody', 's', ['owner']) },
  { what: 'remove a member of', order: () => removeMember(owner, 'nobody', 's') },
  { what: 'list the members of', order: () => listMembers(owner, 'nobody') },
  { what: 'add a domain to', order: () => addDomain(owner, 'nobody', 'nobody.example') },
  { what: 'remove a domain of', order: () => removeDomain(owner, 'nobody', 'nobody.example') },
])('[TI] to $what a tenant that does not exist is refused', async ({ order }) => {
  await expect(order()).rejects.toMatchObject({
    code: 'TENANT_NOT_FOUND',
    message: 'There is no tenant "nobody".',
  });
});

test('[TI] a suspension and its end are announced once each', async () => {
  const { advanced, heard } = await announced(async () => {
    expect((await suspendTenant(owner, 'alpha')).status).toBe('suspended');
    expect((await suspendTenant(owner, 'alpha')).status).toBe('suspended');
    expect((await showTenant(owner, 'alpha')).status).toBe('suspended');
    expect((await resumeTenant(owner, 'alpha')).status).toBe('active');
    expect((await resumeTenant(owner, 'alpha')).status).toBe('active');
  });
  expect(advanced).toBe(2n);
  expect(heard).toEqual([String((await generation()) - 1n), String(await generation())]);
});

test('[TI] a member is added, given other roles, and removed; to repeat an order changes nothing', async () => {
  expect(await addMember(owner, 'alpha', 'ada', ['viewer', 'admin', 'viewer'])).toBe(true);
  expect(await addMember(owner, 'alpha', 'ada', ['admin', 'viewer'])).toBe(false);
  expect(await addMember(owner, 'alpha', 'bob', ['viewer'])).toBe(true);
  expect(await addMember(owner, 'beta', 'ada', ['owner'])).toBe(true);
  const { id } = await showTenant(owner, 'alpha');
  expect(await listMembers(owner, 'alpha')).toEqual([
    { tenant: id, subject: 'ada', roles: ['admin', 'viewer'] },
    { tenant: id, subject: 'bob', roles: ['viewer'] },
  ]);
  expect(await addMember(owner, 'alpha', 'ada', ['owner'])).toBe(true);
  expect((await showTenant(owner, 'alpha')).members).toBe(2);
  expect(await removeMember(owner, 'alpha', 'ada')).toBe(true);
  expect(await removeMember(owner, 'alpha', 'ada')).toBe(false);
  expect(await listMembers(owner, 'alpha')).toHaveLength(1);
  expect(await listMembers(owner, 'beta')).toHaveLength(1);
});

test.each([{ subject: '' }, { subject: 'a\nb' }, { subject: 'a\0' }, { subject: 'x'.repeat(256) }])(
  '[TI] $subject can be nobody',
  async ({ subject }) => {
    await expect(addMember(owner, 'alpha', subject, ['owner'])).rejects.toMatchObject({
      code: 'SUBJECT_INVALID',
    });
  },
);

test('[TI] a domain belongs to one tenant', async () => {
  expect(await addDomain(owner, 'alpha', 'one.example')).toBe(true);
  expect(await addDomain(owner, 'alpha', 'one.example')).toBe(false);
  await expect(addDomain(owner, 'beta', 'one.example')).rejects.toMatchObject({ code: 'DOMAIN_TAKEN' });
  expect(await removeDomain(owner, 'beta', 'one.example')).toBe(false);
  expect(await removeDomain(owner, 'alpha', 'one.example')).toBe(true);
  expect(await removeDomain(owner, 'alpha', 'one.example')).toBe(false);
  expect(await addDomain(owner, 'beta', 'one.example')).toBe(true);
  expect((await showTenant(owner, 'beta')).domains).toEqual(['one.example']);
});

test.each([
  { what: 'a new member', change: () => addMember(owner, 'beta', 'carol', ['viewer']) },
  { what: 'other roles', change: () => addMember(owner, 'beta', 'carol', ['owner']) },
  { what: 'a member less', change: () => removeMember(owner, 'beta', 'carol') },
  { what: 'a new domain', change: () => addDomain(owner, 'beta', 'two.example') },
  { what: 'a domain less', change: () => removeDomain(owner, 'beta', 'two.example') },
])('[TI] $what is announced with the generation that it made', async ({ change }) => {
  const { advanced, heard } = await announced(change);
  expect(advanced).toBeGreaterThan(0n);
  expect(heard.at(-1)).toBe(String(await generation()));
});

test('[TI] a change that is rolled back is not announced', async () => {
  const { advanced, heard } = await announced(async () => {
    await owner.query('begin');
    await suspendTenant(owner, 'beta');
    await owner.query('rollback');
  });
  expect({ advanced, heard }).toEqual({ advanced: 0n, heard: [] });
});
