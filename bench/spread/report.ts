import { median, withSpread } from '../median.ts';
import { barChart } from '../report/chart.ts';
import { conditions, conditionsLine } from '../report/conditions.ts';
import { writeResults } from '../report/files.ts';
import { markdownTable, plainTable, type Table } from '../report/table.ts';
import type { FirstRequests } from './cold.ts';
import type { SpreadOptions } from './options.ts';
import type { Series, SpreadRound } from './series.ts';

export interface SpreadResults {
  readonly options: SpreadOptions;
  readonly series: readonly Series[];
  readonly first: FirstRequests;
  readonly versions: { readonly requests: number; readonly errors: number };
  readonly postgresql: string;
}

const MIB = 2 ** 20;
/** Fewer tenants than that say nothing of what one costs: a process's memory varies by more. */
const ENOUGH = 1_000;
const HEADINGS = [
  'tenants',
  'server',
  'req/s',
  'p50 ms',
  'p99 ms',
  'CPU ms',
  'database CPU ms',
  'gateway MiB',
  'backends MiB',
  'connections',
  'requests',
  'Insula against one tenant',
  'Insula against it',
];

/** Prints the table and what else is to be reached, and writes the files. */
export function reportSpreads(results: SpreadResults): void {
  const { options, series, postgresql } = results;
  const { rounds, seconds, connections, hour } = options;
  const how = `${rounds} rounds of ${seconds} s, ${connections} connections, 30 % writes; memory after as many requests as the table says`;
  const table = tableOf(series);
  const others = otherFigures(results);
  const machine = conditions(postgresql);
  console.log(`\n${plainTable(table)}\n\n${others.join('\n')}\n\n${how}\n${conditionsLine(machine)}`);
  if (options.out === undefined) return;
  writeResults(options.out, {
    json: {
      conditions: machine,
      options: { rounds, seconds, connections, hour },
      first: results.first,
      versions: results.versions,
      series: series.map((one) => ({
        server: one.server.name,
        tenants: one.tenants,
        rounds: one.rounds,
        memory: one.memory,
      })),
    },
    markdown: `# Insula with many tenants\n\n${how}. ${conditionsLine(machine)}.\n\n![](${options.out}.svg)\n\n${markdownTable(table)}\n\n${others.map((line) => `- ${line}`).join('\n')}\n`,
    svg: barChart('requests per second', barGroups(series)),
  });
}

function tableOf(series: readonly Series[]): Table {
  const rows = series.map((one) => {
    const { server, tenants, rounds, memory } = one;
    const of = (pick: (round: SpreadRound) => number) => median(rounds.map(pick));
    const last = memory.at(-1);
    const isInsula = server.name === 'insula';
    const alone = series.find((other) => other.server.name === 'insula' && other.tenants === 1);
    const same = series.find((other) => other.server.name === 'insula' && other.tenants === tenants);
    return [
      String(tenants),
      server.name,
      of(({ perSecond }) => perSecond).toFixed(0),
      of(({ p50 }) => p50).toFixed(0),
      of(({ p99 }) => p99).toFixed(0),
      of(({ serverTime }) => serverTime).toFixed(3),
      of(({ databaseTime }) => databaseTime).toFixed(3),
      ((last?.gateway ?? 0) / MIB).toFixed(0),
      ((last?.backends ?? 0) / MIB).toFixed(0),
      String(last?.connections ?? 0),
      String(last?.requests ?? 0),
      isInsula && alone && tenants > 1 ? withSpread(ratiosOf(one, alone)) : '',
      !isInsula && same ? withSpread(ratiosOf(same, one)) : '',
    ];
  });
  return [HEADINGS, ...rows];
}

/** Throughput of one over the other, round by round. */
const ratiosOf = (one: Series, other: Series) =>
  one.rounds.map(({ perSecond }, round) => perSecond / (other.rounds[round]?.perSecond ?? Number.NaN));

function otherFigures({ series, first, versions }: SpreadResults): string[] {
  const own = series.filter(({ server }) => server.name === 'insula');
  const [least, most] = [own[0], own.at(-1)];
  const memoryOf = (one: Series | undefined) => one?.memory.at(-1)?.gateway ?? Number.NaN;
  const more = (most?.tenants ?? 0) - (least?.tenants ?? 0);
  const perTenant = (memoryOf(most) - memoryOf(least)) / more;
  return [
    'to reach with 2,000 tenants: ≥ 0.9 of one tenant, ≥ 2 × PostGraphile, backends ≤ 1,024 MiB; with 10,000: ≥ 0.7, ≤ 2,048 MiB',
    ...(more < ENOUGH
      ? []
      : [`a tenant costs the gateway ${(perTenant / 1024).toFixed(1)} KiB (to reach: ≤ 20)`]),
    `a tenant's first request took ${first.cold.toFixed(1)} ms, its later ones ${first.warm.toFixed(1)} ms: ${(first.cold / first.warm).toFixed(1)} × (to reach: ≤ 3; ${first.tenants} tenants)`,
    `two schema versions on one connection: ${versions.errors} errors in ${versions.requests} replies (to reach: 0)`,
  ];
}

function barGroups(series: readonly Series[]) {
  const groups = Map.groupBy(series, ({ tenants }) => tenants);
  return [...groups].map(([tenants, members]) => ({
    title: tenants === 1 ? '1 tenant' : `${tenants} tenants`,
    bars: members.map(({ server, rounds }) => {
      const value = median(rounds.map(({ perSecond }) => perSecond));
      return { label: server.name, value, text: value.toFixed(0) };
    }),
  }));
}
