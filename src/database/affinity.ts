/**
 * The place, of so many, where a tenant's connection is looked for first: always the same, so that the backend there
 * knows the tenant's plans and catalog entries.
 */
export function homeOf(tenant: string, places: number): number {
  let hash = 0;
  for (let i = 0; i < tenant.length; i++) hash = (hash * 31 + tenant.charCodeAt(i)) >>> 0;
  return hash % places;
}

/** The place nearest to a tenant's home that is not taken; only while fewer than `places` are. */
export function nearestPlace(tenant: string, places: number, taken: ReadonlySet<number>): number {
  let place = homeOf(tenant, places);
  while (taken.has(place)) place = (place + 1) % places;
  return place;
}
