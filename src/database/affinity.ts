/**
 * The place, of so many, where a tenant's connection is looked for first: always the same, so that the backend there
 * knows the tenant's plans and catalog entries. When it is busy, the nearest one onwards is as good as can be: a tenant's
 * work goes to few backends, not to all.
 */
export function homeOf(tenant: string, places: number): number {
  let hash = 0;
  for (let i = 0; i < tenant.length; i++) hash = (hash * 31 + tenant.charCodeAt(i)) >>> 0;
  return hash % places;
}
