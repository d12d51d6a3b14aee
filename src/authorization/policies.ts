import type { Dictionary, EntityClass, EntityManager, FilterDef, ObjectQuery } from '@mikro-orm/core';
import type { Principal } from './principal.ts';

/** Which rows of an entity a caller may see. Holds on every path to the entity. */
export interface RowPolicy {
  /** Unique; names the filter in the ORM. */
  readonly name: string;
  readonly entity: EntityClass<object>;
  /** The rows that the caller may see; undefined for all of them. */
  readonly where: (principal: Principal) => object | undefined;
}

/** The ORM's name for the caller among its filter parameters: `em.setFilterParams('principal', { principal })`. */
const PARAMETER = 'principal';

/**
 * A row policy, checked against its entity.
 *
 * @example
 * export const viewersSeeNoDrafts = rowPolicy({
 *   name: 'viewers see no drafts',
 *   entity: Invoice,
 *   where: (principal) => (principal.may('invoices:draft') ? undefined : { status: { $ne: 'draft' } }),
 * });
 */
export function rowPolicy<Entity extends object>(policy: {
  readonly name: string;
  readonly entity: EntityClass<Entity>;
  readonly where: (principal: Principal) => ObjectQuery<NoInfer<Entity>> | undefined;
}): RowPolicy {
  return policy;
}

/**
 * The policies as filters of the ORM, on by default. An EntityManager that was not told its principal can't read the
 * entity at all.
 *
 * @throws Error when two policies share a name.
 */
export function policyFilters(policies: readonly RowPolicy[]): Record<string, PolicyFilter> {
  const filters = new Map<string, PolicyFilter>();
  for (const { name, entity, where } of policies) {
    if (filters.has(name)) throw new Error(`Two row policies are named "${name}".`);
    filters.set(name, {
      entity: [entity],
      default: true,
      // Parameters are the ORM's per filter; ours is one for all of them, so each filter fetches it itself.
      args: false,
      cond: (_args, _type, em: EntityManager) => where(principalOf(em, name)) ?? {},
    });
  }
  return Object.fromEntries(filters);
}

type PolicyFilter = Omit<FilterDef, 'name' | 'rls'>;

function principalOf(em: EntityManager, policy: string): Principal {
  const parameters: Dictionary | undefined = em.getFilterParams(PARAMETER);
  const principal: Principal | undefined = parameters?.principal;
  if (!principal) throw new Error(`The row policy "${policy}" was asked without a principal.`);
  return principal;
}
