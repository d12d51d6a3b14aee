import { problems } from '../../errors/problems.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { isTenantId } from '../names.ts';
import type { Tenant } from '../tenant.ts';
import type { TenantHint } from './strategy.ts';

/** The part of the catalog that identification asks. */
export type TenantDirectory = Pick<Catalog, 'bySlug' | 'byId' | 'byDomain'>;

/**
 * The one tenant that all hints name. For authenticated callers alone.
 *
 * Hints that are written differently must all lead to the same tenant; whether one that doesn't is another tenant's
 * or nobody's is not told, so that nobody finds out which tenants there are by adding a second name.
 *
 * @returns undefined when there is no such tenant: say the same as to somebody who is no member of it.
 * @throws Problem `TENANT_REQUIRED` without hints, `TENANT_MISMATCH` when two disagree.
 */
export async function identify(
  hints: readonly TenantHint[],
  directory: TenantDirectory,
): Promise<Tenant | undefined> {
  if (hints.length === 0) throw problems.TENANT_REQUIRED('Say which tenant the request is for.');
  const tenants = await Promise.all(hints.map((hint) => resolve(hint, directory)));
  const ids = new Set(tenants.map((tenant) => tenant?.id));
  if (ids.size === 1 && tenants[0]) return tenants[0];
  const names = new Set(hints.map(({ value }) => value));
  if (names.size > 1) throw problems.TENANT_MISMATCH('Two parts of the request name different tenants.');
  return undefined;
}

function resolve({ kind, value }: TenantHint, directory: TenantDirectory): Promise<Tenant | undefined> {
  if (kind === 'domain') return directory.byDomain(value);
  if (kind === 'id or slug' && isTenantId(value)) return directory.byId(value);
  return directory.bySlug(value);
}
