import type { Executor } from '../database/client.ts';
import { isSubject } from '../tenancy/names.ts';
import type { Membership } from '../tenancy/tenant.ts';
import { fleetProblems } from './errors.ts';
import { showTenant } from './tenants.ts';

/** @throws Problem `SUBJECT_INVALID` */
export function assertSubject(subject: string): void {
  if (isSubject(subject)) return;
  throw fleetProblems.SUBJECT_INVALID('A subject has 1 to 255 characters and no control characters.');
}

/**
 * Makes `subject` a member of the tenant with these roles and no others. The roles' names are the caller's to check.
 *
 * @param tenant slug or id
 * @returns whether anything changed
 * @throws Problem `TENANT_NOT_FOUND`, `SUBJECT_INVALID`
 */
export async function addMember(
  client: Executor,
  tenant: string,
  subject: string,
  roles: readonly string[],
): Promise<boolean> {
  assertSubject(subject);
  const { id } = await showTenant(client, tenant);
  const { rowCount } = await client.query(
    `insert into insula.membership as m (tenant, subject, roles) values ($1, $2, $3)
     on conflict (tenant, subject) do update set roles = excluded.roles where m.roles <> excluded.roles`,
    [id, subject, [...new Set(roles)].sort()],
  );
  return rowCount === 1;
}

/**
 * Takes the membership away.
 *
 * @param tenant slug or id
 * @returns whether there was one
 * @throws Problem `TENANT_NOT_FOUND`
 */
export async function removeMember(client: Executor, tenant: string, subject: string): Promise<boolean> {
  const { id } = await showTenant(client, tenant);
  const text = 'delete from insula.membership where tenant = $1 and subject = $2';
  return (await client.query(text, [id, subject])).rowCount === 1;
}

/**
 * The members in the order of their subjects.
 *
 * @param tenant slug or id
 * @throws Problem `TENANT_NOT_FOUND`
 */
export async function listMembers(client: Executor, tenant: string): Promise<Membership[]> {
  const { id } = await showTenant(client, tenant);
  const text = 'select tenant, subject, roles from insula.membership where tenant = $1 order by subject';
  return (await client.query<Membership>(text, [id])).rows;
}
