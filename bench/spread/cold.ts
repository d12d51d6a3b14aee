import type { Sizes } from '../data/sizes.ts';
import { ask, prepare, type Tokens } from '../load.ts';
import { median } from '../median.ts';
import { makeRequests, type Sent } from '../requests.ts';
import type { RunningServer } from '../servers.ts';

/** Milliseconds of a tenant's first request to a server, and of its later ones; medians over some tenants. */
export interface FirstRequests {
  readonly cold: number;
  readonly warm: number;
  readonly tenants: number;
}

const TENANTS = 40;
const LATER = 4;

/** Asks one tenant after the other, each several times, on a server that has not seen them yet. */
export async function measureFirstRequests(
  server: RunningServer,
  sizes: Sizes,
  tokens: Tokens,
): Promise<FirstRequests> {
  const [cold, warm]: [number[], number[]] = [[], []];
  // The first ones warm the server itself.
  const total = Math.min(2 * TENANTS, sizes.tenants);
  for (const [place, sent] of distinctTenants(server, sizes, total).entries()) {
    const [prepared] = await prepare([sent], tokens);
    if (!prepared) continue;
    const times: number[] = [];
    for (let time = 0; time <= LATER; time++) {
      const start = performance.now();
      await ask(server.port, prepared);
      times.push(performance.now() - start);
    }
    if (place < total / 2) continue;
    const [first = Number.NaN, ...later] = times;
    cold.push(first);
    warm.push(median(later));
  }
  return { cold: median(cold), warm: median(warm), tenants: cold.length };
}

function distinctTenants({ dialect }: RunningServer, sizes: Sizes, wanted: number): Sent[] {
  const byTenant = new Map<string, Sent>();
  const made = makeRequests(dialect, () => 'one', sizes, { count: wanted * 20, seed: 7 });
  for (const sent of made) if (byTenant.size < wanted) byTenant.set(sent.tenant, sent);
  return [...byTenant.values()];
}
