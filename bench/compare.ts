import { deepStrictEqual } from 'node:assert/strict';
import { resolve } from 'node:path';
import { canonical } from './canonical.ts';
import { startIssuer } from './data/issuer.ts';
import { preparePlaces } from './data/prepare.ts';
import { removeWritten } from './data/remove-written.ts';
import type { Sizes } from './data/sizes.ts';
import { ask, type LoadResult, prepare, send, Tokens } from './load.ts';
import { takeCores } from './machine/cores.ts';
import { startDatabase } from './machine/database.ts';
import { processorTime } from './machine/processor-time.ts';
import type { Options } from './options.ts';
import { reportComparison } from './report/comparison.ts';
import { makeRequests, type RequestName } from './requests.ts';
import { installPackages, type RunningServer, type ServerName, startServer } from './servers.ts';
import { countTrips } from './trips.ts';

/** One server in one round. */
export interface Round extends LoadResult {
  /** Milliseconds of processor time for each request. */
  readonly serverTime: number;
  readonly databaseTime: number;
}

/** The rounds of each server, for each request. */
export type Rounds = Map<RequestName, Map<ServerName, Round[]>>;

/** Of each tenant. */
const ROWS = { customers: 500, invoices: 2_000 };
const FEW_ROWS = { customers: 50, invoices: 200 };
const REQUESTS_MADE = 2_000;
const SAMPLES = 12;

/** Measures servers side by side, and reports. */
export async function compare(options: Options): Promise<void> {
  const { only, requests, connections, warmUp } = options;
  only.forEach(installPackages);
  const sizes: Sizes = { tenants: options.tenants, ...(options.quick ? FEW_ROWS : ROWS) };
  await using resources = new AsyncDisposableStack();
  const cores = takeCores();
  const database = resources.use(await startDatabase('comparison', options.data));
  const places = await preparePlaces(database, sizes);
  const issuer = resources.use(await startIssuer());
  const tokens = new Tokens(issuer);
  const servers: RunningServer[] = [];
  for (const name of only) {
    const nodeOptions = name === 'insula' ? profiling(options) : [];
    const surroundings = { issuer, places, connections, core: cores.server, nodeOptions };
    servers.push(resources.use(await startServer(name, surroundings)));
  }

  const rounds: Rounds = new Map();
  for (const request of requests) {
    const prepared = new Map(
      await Promise.all(
        servers.map(async (server) => {
          const made = makeRequests(server.dialect, () => request, sizes, { count: REQUESTS_MADE, seed: 1 });
          return [server, await prepare(made, tokens)] as const;
        }),
      ),
    );
    const loadOf = (server: RunningServer, seconds: number) => ({
      port: server.port,
      requests: prepared.get(server) ?? [],
      connections,
      seconds,
    });
    await verify(servers, request, (server) => prepared.get(server)?.slice(0, SAMPLES) ?? []);
    if (!options.quick) for (const server of servers) await send(loadOf(server, warmUp));
    const measured = new Map<ServerName, Round[]>(servers.map(({ name }) => [name, []]));
    rounds.set(request, measured);
    for (let round = 0; round < options.rounds; round++) {
      for (const server of inTurn(servers, round)) {
        const result = await timed(server, database.pid, () => send(loadOf(server, options.seconds)));
        measured.get(server.name)?.push(result);
      }
    }
    if (request === 'create') await removeWritten(places);
  }
  const surroundings = { issuer, places, connections, core: cores.server };
  const trips = await countTrips(options, surroundings, { sizes, tokens });
  if (requests.includes('create')) await removeWritten(places);
  reportComparison({ options, rounds, trips, postgresql: database.version });
}

const profiling = ({ profile }: Options) =>
  profile ? ['--cpu-prof', `--cpu-prof-dir=${resolve(profile)}`] : [];

/** Another one begins in each round, and every second round goes backwards. */
function inTurn(servers: readonly RunningServer[], round: number): RunningServer[] {
  const from = round % servers.length;
  const order = [...servers.slice(from), ...servers.slice(0, from)];
  return round % 2 === 0 ? order : order.reverse();
}

async function timed(
  server: RunningServer,
  postmaster: number,
  work: () => Promise<LoadResult>,
): Promise<Round> {
  const [serverBefore, databaseBefore] = [processorTime(server.pid), processorTime(postmaster)];
  const result = await work();
  return {
    ...result,
    serverTime: (processorTime(server.pid) - serverBefore) / result.requests,
    databaseTime: (processorTime(postmaster) - databaseBefore) / result.requests,
  };
}

/** @throws Error when two servers' replies differ in content */
async function verify(
  servers: readonly RunningServer[],
  request: RequestName,
  samplesOf: (server: RunningServer) => Parameters<typeof ask>[1][],
): Promise<void> {
  const contents = new Map<ServerName, unknown[]>();
  for (const server of servers) {
    const replies: unknown[] = [];
    for (const sample of samplesOf(server)) {
      replies.push(canonical(await ask(server.port, sample), request !== 'create'));
    }
    contents.set(server.name, replies);
  }
  const [[first, expected] = ['', []], ...others] = contents;
  for (const [name, replies] of others) {
    deepStrictEqual(replies, expected, `${name} and ${first} answer ${request} differently.`);
  }
}
