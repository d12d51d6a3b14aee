import type { Executor } from '../database/client.ts';
import { isDomain } from '../tenancy/names.ts';
import { fleetProblems, quoted } from './errors.ts';
import { showTenant } from './tenants.ts';

/** @throws Problem `DOMAIN_INVALID` */
export function assertDomain(domain: string): void {
  if (isDomain(domain)) return;
  throw fleetProblems.DOMAIN_INVALID(
    `${quoted(domain)} is no full domain name in lower case, such as "billing.acme.example".`,
  );
}

/**
 * Gives a tenant a domain of its own.
 *
 * @param tenant slug or id
 * @returns whether it is new
 * @throws Problem `TENANT_NOT_FOUND`, `DOMAIN_INVALID`, `DOMAIN_TAKEN`
 */
export async function addDomain(client: Executor, tenant: string, domain: string): Promise<boolean> {
  assertDomain(domain);
  const { id } = await showTenant(client, tenant);
  const { rows } = await client.query<{ tenant: string; added: boolean }>(
    `with added as (
       insert into insula.domain (domain, tenant) values ($1, $2) on conflict (domain) do nothing returning tenant
     )
     select tenant, true as added from added
     union all select tenant, false from insula.domain where domain = $1`,
    [domain, id],
  );
  const [owner] = rows;
  if (owner?.tenant !== id) throw fleetProblems.DOMAIN_TAKEN(`"${domain}" belongs to another tenant.`);
  return owner.added;
}

/**
 * Takes a domain away from a tenant.
 *
 * @param tenant slug or id
 * @returns whether it had it
 * @throws Problem `TENANT_NOT_FOUND`
 */
export async function removeDomain(client: Executor, tenant: string, domain: string): Promise<boolean> {
  const { id } = await showTenant(client, tenant);
  const text = 'delete from insula.domain where tenant = $1 and domain = $2';
  return (await client.query(text, [id, domain])).rowCount === 1;
}
