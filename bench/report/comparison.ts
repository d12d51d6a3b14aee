import type { Round, Rounds } from '../compare.ts';
import type { Trips } from '../machine/counting-proxy.ts';
import { median, withSpread } from '../median.ts';
import type { Options } from '../options.ts';
import { type RequestName, TITLES } from '../requests.ts';
import type { ServerName } from '../servers.ts';
import { type BarGroup, barChart } from './chart.ts';
import { conditions, conditionsLine } from './conditions.ts';
import { writeResults } from './files.ts';
import { markdownTable, plainTable, type Table } from './table.ts';

export interface Results {
  readonly options: Options;
  readonly rounds: Rounds;
  readonly trips: ReadonlyMap<RequestName, ReadonlyMap<ServerName, Trips>>;
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

const HEADINGS = [
  'server',
  'req/s',
  'p50 ms',
  'p99 ms',
  'CPU ms',
  'database CPU ms',
  'statements',
  'round trips',
  'its CPU / Insula’s',
  'Insula against it',
  'to reach',
];

/** Prints a table for each request, and writes the files. */
export function reportComparison(results: Results): void {
  const { options, rounds, postgresql } = results;
  const { rounds: count, seconds, connections, tenants } = options;
  const how = `${count} rounds of ${seconds} s, ${connections} connections, ${tenants} tenants; medians`;
  const tables = [...rounds.keys()].map((request) => [request, tableOf(results, request)] as const);
  for (const [request, table] of tables) console.log(`\n${TITLES[request]}\n${plainTable(table)}`);
  const machine = conditions(postgresql);
  console.log(`\n${how}\n${conditionsLine(machine)}`);
  if (options.out === undefined) return;

  const sections = tables.map(([request, table]) => `## ${TITLES[request]}\n\n${markdownTable(table)}\n`);
  writeResults(options.out, {
    json: {
      conditions: machine,
      options: { rounds: count, seconds, connections, tenants },
      requests: Object.fromEntries([...rounds].map(([name, servers]) => [name, Object.fromEntries(servers)])),
    },
    markdown: `# Insula and its peers\n\n${how}. ${conditionsLine(machine)}.\n\n![](${options.out}.svg)\n\n${sections.join('\n')}`,
    svg: barChart(
      'requests per second',
      [...rounds].map(([request, servers]) => barsOf(request, servers)),
    ),
  });
}

function tableOf({ rounds, trips }: Results, request: RequestName): Table {
  const servers = rounds.get(request) ?? new Map<ServerName, Round[]>();
  const own = servers.get('insula') ?? [];
  const rows = [...servers].map(([name, measured]) => {
    const of = (pick: (round: Round) => number) => median(measured.map(pick));
    const ratios = measured.map(({ perSecond }, round) => (own[round]?.perSecond ?? Number.NaN) / perSecond);
    const times = measured.map(
      ({ serverTime }, round) => serverTime / (own[round]?.serverTime ?? Number.NaN),
    );
    const counted = trips.get(request)?.get(name);
    const compared = own.length > 0 && name !== 'insula';
    const target = TARGETS[request][name];
    return [
      name,
      of(({ perSecond }) => perSecond).toFixed(0),
      of(({ p50 }) => p50).toFixed(0),
      of(({ p99 }) => p99).toFixed(0),
      of(({ serverTime }) => serverTime).toFixed(3),
      of(({ databaseTime }) => databaseTime).toFixed(3),
      counted?.statements.toFixed(1) ?? '',
      counted?.roundTrips.toFixed(1) ?? '',
      compared ? withSpread(times) : '',
      compared ? withSpread(ratios) : '',
      target === undefined ? '' : `≥ ${target.toFixed(1)}`,
    ];
  });
  return [HEADINGS, ...rows];
}

function barsOf(request: RequestName, servers: ReadonlyMap<ServerName, readonly Round[]>): BarGroup {
  const bars = [...servers].map(([label, measured]) => {
    const value = median(measured.map(({ perSecond }) => perSecond));
    return { label, value, text: value.toFixed(0) };
  });
  return { title: TITLES[request], bars };
}
