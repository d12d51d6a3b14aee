import { parseArgs } from 'node:util';
import { count, UsageError } from '../options.ts';

export interface SpreadOptions {
  /** Over how many tenants the requests are spread, one series for each. */
  readonly tenants: readonly number[];
  /** PostGraphile takes part in series with at most so many. */
  readonly peerTenants: number;
  readonly rounds: number;
  readonly seconds: number;
  readonly connections: number;
  /** Requests that make an hour, sent over the largest number of tenants; 0 for none. */
  readonly hour: number;
  /** The folder that keeps the database; relative to where the command runs. @default bench/.data */
  readonly data: string | undefined;
  readonly out: string | undefined;
}

export const USAGE = `npm run bench:tenants -- [options]
  --tenants 1,200,2000     spread over so many tenants, a series for each; 10000 takes its time to provision, once
  --peer-tenants 2000      PostGraphile takes part up to so many; 0 leaves it out
  --rounds 3               rounds of each series
  --seconds 10             seconds of a round
  --connections 16         of the load, and of each server's pool
  --hour 36000             requests of the hour after which memory is looked at: 36,000 are ten a second
  --data folder            where the database is kept; bench/.data if left out
  --out tenants            the name of the files in bench/results/
  --quick                  one short round, no peer, no hour: to see that everything works; writes nothing`;

/** @throws UsageError */
export function readSpreadOptions(args: readonly string[]): SpreadOptions {
  const values = parse(args);
  const quick = values.quick ?? false;
  const tenants = (values.tenants ?? '1,200,2000').split(',').map((value) => count('tenants', value, 1));
  const orZero = (name: string, value: string | undefined, otherwise: number) =>
    value === '0' ? 0 : count(name, value, otherwise);
  return {
    tenants: tenants.toSorted((one, other) => one - other),
    peerTenants: orZero('peer-tenants', values['peer-tenants'], quick ? 0 : 2_000),
    rounds: count('rounds', values.rounds, quick ? 1 : 3),
    seconds: count('seconds', values.seconds, quick ? 1 : 10),
    connections: count('connections', values.connections, 16),
    hour: orZero('hour', values.hour, quick ? 0 : 36_000),
    data: values.data,
    out: values.out ?? (quick ? undefined : 'tenants'),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        tenants: { type: 'string' },
        'peer-tenants': { type: 'string' },
        rounds: { type: 'string' },
        seconds: { type: 'string' },
        connections: { type: 'string' },
        hour: { type: 'string' },
        data: { type: 'string' },
        out: { type: 'string' },
        quick: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
