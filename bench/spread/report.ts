import { median } from '../median.ts';
import type { FirstRequests } from './cold.ts';
import type { SpreadOptions } from './options.ts';
import type { Series } from './series.ts';

export interface SpreadResults {
  readonly options: SpreadOptions;
  readonly series: readonly Series[];
  readonly first: FirstRequests;
  readonly versions: { readonly requests: number; readonly errors: number };
  readonly postgresql: string;
}

const MIB = 1024 * 1024;

export async function reportSpreads({ series, first, versions }: SpreadResults): Promise<void> {
  console.log(
    'tenants  server        req/s   p50   p99  server ms  database ms  gateway MiB  backends MiB  connections  requests',
  );
  for (const { server, tenants, rounds, memory } of series) {
    const of = (pick: (round: (typeof rounds)[number]) => number) => median(rounds.map(pick));
    const last = memory.at(-1);
    console.log(
      String(tenants).padStart(7),
      ` ${server.name.padEnd(13)}`,
      of((r) => r.perSecond)
        .toFixed(0)
        .padStart(5),
      of((r) => r.p50)
        .toFixed(0)
        .padStart(5),
      of((r) => r.p99)
        .toFixed(0)
        .padStart(5),
      of((r) => r.serverTime)
        .toFixed(3)
        .padStart(10),
      of((r) => r.databaseTime)
        .toFixed(3)
        .padStart(12),
      ((last?.gateway ?? 0) / MIB).toFixed(0).padStart(12),
      ((last?.backends ?? 0) / MIB).toFixed(0).padStart(13),
      String(last?.connections).padStart(12),
      String(last?.requests).padStart(9),
    );
  }
  console.log(
    `first request of a tenant: ${first.cold.toFixed(1)} ms, later ones ${first.warm.toFixed(1)} ms (${first.tenants} tenants)`,
  );
  console.log(
    `two schema versions on one connection: ${versions.errors} errors in ${versions.requests} replies`,
  );
}
