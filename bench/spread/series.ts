import type { Sizes } from '../data/sizes.ts';
import { type LoadResult, prepare, send, type Tokens } from '../load.ts';
import { asAdmin } from '../machine/database.ts';
import { privateMemory } from '../machine/memory.ts';
import { processorTime } from '../machine/processor-time.ts';
import { makeRequests, type Random, type RequestName } from '../requests.ts';
import { type RunningServer, type ServerName, type Surroundings, startServer } from '../servers.ts';

/** Memory at one moment, in bytes. */
export interface MemorySample {
  /** Requests since the server started. */
  readonly requests: number;
  readonly gateway: number;
  /** All backends of the server together. */
  readonly backends: number;
  readonly connections: number;
}

export interface SpreadRound extends LoadResult {
  /** Milliseconds for each request. */
  readonly serverTime: number;
  readonly databaseTime: number;
}

/** One server whose requests are spread over a number of tenants. */
export interface Series extends AsyncDisposable {
  readonly server: RunningServer;
  readonly tenants: number;
  readonly rounds: SpreadRound[];
  readonly memory: MemorySample[];
  /** Sends for so many seconds, and notes throughput and memory. */
  run(seconds: number, keep: boolean): Promise<void>;
  /** Requests since the server started. */
  readonly sent: number;
}

const REQUESTS_MADE = 16_000;

/** 30 % writes; of the reads four of seven ask for one invoice. */
const mixed = (random: Random): RequestName => {
  const share = random();
  if (share < 0.3) return 'create';
  if (share < 0.7) return 'one';
  return share < 0.85 ? 'list' : 'deep';
};

/** Starts a server for a series of its own: what it remembers of tenants is of this spread alone. */
export async function startSeries(
  name: ServerName,
  sizes: Sizes,
  { surroundings, tokens, postmaster }: { surroundings: Surroundings; tokens: Tokens; postmaster: number },
): Promise<Series> {
  const label = `bench ${name} ${sizes.tenants}`;
  const server = await startServer(name, { ...surroundings, label });
  const made = makeRequests(server.dialect, mixed, sizes, { count: REQUESTS_MADE, seed: 11 });
  const requests = await prepare(made, tokens);
  const { connections, places } = surroundings;
  const admin = (name === 'insula' ? places.insula : places.peers).url;
  const [rounds, memory]: [SpreadRound[], MemorySample[]] = [[], []];
  let sent = 0;
  return {
    server,
    tenants: sizes.tenants,
    rounds,
    memory,
    get sent() {
      return sent;
    },
    async run(seconds, keep) {
      const [serverBefore, databaseBefore] = [processorTime(server.pid), processorTime(postmaster)];
      const result = await send({ port: server.port, requests, connections, seconds });
      sent += result.requests;
      if (keep) {
        rounds.push({
          ...result,
          serverTime: (processorTime(server.pid) - serverBefore) / result.requests,
          databaseTime: (processorTime(postmaster) - databaseBefore) / result.requests,
        });
      }
      const backends = await backendsOf(admin, label);
      memory.push({
        requests: sent,
        gateway: privateMemory(server.pid),
        backends: backends.reduce((sum, pid) => sum + privateMemory(pid), 0),
        connections: backends.length,
      });
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

async function backendsOf(url: string, label: string): Promise<number[]> {
  return asAdmin(url, async (admin) => {
    const text = 'select pid from pg_stat_activity where application_name = $1';
    return (await admin.query<{ pid: number }>(text, [label])).rows.map(({ pid }) => pid);
  });
}
