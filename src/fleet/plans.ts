import type { Executor } from '../database/client.ts';
import type { LimitName, TenantLimits } from '../tenancy/limits.ts';
import { isSlug } from '../tenancy/names.ts';
import { fleetProblems, quoted } from './errors.ts';
import { showTenant, type TenantRecord } from './tenants.ts';

/** What tenants can pay for. */
export interface Plan {
  readonly name: string;
  readonly limits: TenantLimits;
  /** How many tenants have it. */
  readonly tenants: number;
}

/** Limits by name; null takes one away. */
export type LimitChanges = Readonly<Partial<Record<LimitName, number | null>>>;

const RECORD = `
  select p.name, p.limits, (select count(*)::int from insula.tenant t where t.plan = p.name) as tenants
  from insula.plan p`;

/** All plans in the order of their names. */
export async function listPlans(client: Executor): Promise<Plan[]> {
  return (await client.query<Plan>(`${RECORD} order by p.name`)).rows;
}

/**
 * Makes a plan, or changes limits of one; the others stay. Gateways heed it within a second.
 *
 * @throws Problem `PLAN_INVALID`
 */
export async function setPlan(client: Executor, name: string, changes: LimitChanges): Promise<Plan> {
  if (!isSlug(name)) {
    throw fleetProblems.PLAN_INVALID(
      `${quoted(name)} is no name of a plan: letters in lower case, digits and hyphens.`,
    );
  }
  const { added, removed } = split(changes);
  await client.query(
    `insert into insula.plan as p (name, limits) values ($1, $2)
     on conflict (name) do update set limits = p.limits - $3::text[] || excluded.limits`,
    [name, added, removed],
  );
  const [plan] = (await client.query<Plan>(`${RECORD} where p.name = $1`, [name])).rows;
  if (!plan) throw fleetProblems.PLAN_NOT_FOUND(`Somebody removed the plan ${quoted(name)} meanwhile.`);
  return plan;
}

/**
 * Takes a plan out of the catalog.
 *
 * @throws Problem `PLAN_NOT_FOUND`, `PLAN_IN_USE`
 */
export async function removePlan(client: Executor, name: string): Promise<void> {
  const { rows } = await client.query<{ found: boolean; used: boolean }>(
    `with found as (select name from insula.plan where name = $1),
       used as (select from insula.tenant where plan = $1 limit 1),
       removed as (delete from insula.plan where name = $1 and not exists (select from used))
     select exists (select from found) as found, exists (select from used) as used`,
    [name],
  );
  if (!rows[0]?.found) throw planNotFound(name);
  if (rows[0].used)
    throw fleetProblems.PLAN_IN_USE(`Tenants have the plan ${quoted(name)}: give them another first.`);
}

/**
 * Gives a tenant a plan, or none.
 *
 * @param tenant slug or id
 * @throws Problem `TENANT_NOT_FOUND`, `PLAN_NOT_FOUND`
 */
export async function assignPlan(
  client: Executor,
  tenant: string,
  plan: string | null,
): Promise<TenantRecord> {
  const { id } = await showTenant(client, tenant);
  const { rowCount } = await client.query(
    `update insula.tenant set plan = $2
     where id = $1 and ($2::text is null or exists (select from insula.plan where name = $2))`,
    [id, plan],
  );
  if (rowCount === 0 && plan !== null) throw planNotFound(plan);
  return await showTenant(client, id);
}

/**
 * Changes limits of one tenant's own, which come before its plan's; the others stay.
 *
 * @param tenant slug or id
 * @throws Problem `TENANT_NOT_FOUND`
 */
export async function limitTenant(
  client: Executor,
  tenant: string,
  changes: LimitChanges,
): Promise<TenantRecord> {
  const { id } = await showTenant(client, tenant);
  const { added, removed } = split(changes);
  await client.query('update insula.tenant set limits = limits - $3::text[] || $2 where id = $1', [
    id,
    added,
    removed,
  ]);
  return await showTenant(client, id);
}

function split(changes: LimitChanges): { added: string; removed: string[] } {
  const entries = Object.entries(changes);
  return {
    added: JSON.stringify(Object.fromEntries(entries.filter(([, value]) => value !== null))),
    removed: entries.flatMap(([name, value]) => (value === null ? [name] : [])),
  };
}

function planNotFound(name: string) {
  return fleetProblems.PLAN_NOT_FOUND(`There is no plan ${quoted(name)}: see "insula plan list".`);
}
