import type { Round, Rounds } from './compare.ts';
import type { Options } from './options.ts';
import { type RequestName, TITLES } from './requests.ts';
import type { ServerName } from './servers.ts';

export interface Results {
  readonly options: Options;
  readonly rounds: Rounds;
  /** The version of the database. */
  readonly postgresql: string;
}

/** What Insula is to reach: its requests per second over the peer's. */
const TARGETS: Readonly<Record<RequestName, Partial<Record<ServerName, number>>>> = {
  one: { postgraphile: 2, mercurius: 1, limit: 0.5 },
  list: { postgraphile: 2.2, mercurius: 1.2, limit: 0.9 },
  create: { postgraphile: 2, mercurius: 0.9, limit: 0.6 },
  page: { postgraphile: 2, mercurius: 1.1, limit: 0.8 },
  deep: { postgraphile: 2.2, mercurius: 1.2, limit: 0.9 },
};

export async function report({ rounds, options }: Results): Promise<void> {
  for (const [request, servers] of rounds) {
    console.log(
      `\n${TITLES[request]} (${options.rounds} rounds of ${options.seconds} s, ${options.connections} connections)`,
    );
    console.log(
      'server         req/s   p50   p99  server ms  database ms   Insula against it [spread]   to reach',
    );
    const own = servers.get('insula') ?? [];
    for (const [name, measured] of servers) {
      const ratios = measured.map(
        ({ perSecond }, round) => (own[round]?.perSecond ?? Number.NaN) / perSecond,
      );
      const of = (pick: (round: Round) => number) => median(measured.map(pick));
      console.log(
        name.padEnd(13),
        of((r) => r.perSecond)
          .toFixed(0)
          .padStart(6),
        of((r) => r.p50)
          .toFixed(1)
          .padStart(5),
        of((r) => r.p99)
          .toFixed(1)
          .padStart(5),
        of((r) => r.serverTime)
          .toFixed(3)
          .padStart(10),
        of((r) => r.databaseTime)
          .toFixed(3)
          .padStart(12),
        (own.length > 0 && name !== 'insula' ? `  ${spread(ratios)}` : '').padEnd(28),
        TARGETS[request][name] ? `≥ ${TARGETS[request][name]}` : '',
      );
    }
  }
}

const spread = (ratios: readonly number[]) =>
  `${median(ratios).toFixed(2)} [${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}]`;

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.length >> 1;
  const [low = Number.NaN, high = Number.NaN] = [
    sorted[middle - (sorted.length % 2 ? 0 : 1)],
    sorted[middle],
  ];
  return (low + high) / 2;
}
