import { parseArgs } from 'node:util';
import { REQUESTS, type RequestName } from './requests.ts';
import { SERVERS, type ServerName } from './servers.ts';

export interface Options {
  readonly rounds: number;
  /** Of each round. */
  readonly seconds: number;
  readonly warmUp: number;
  readonly connections: number;
  readonly only: readonly ServerName[];
  readonly requests: readonly RequestName[];
  readonly tenants: number;
  /** The folder that keeps the database; relative to where the command runs. @default bench/.data */
  readonly data: string | undefined;
  /** To see that everything works: the figures are none. */
  readonly quick: boolean;
  /** Where results are written; undefined for nowhere. */
  readonly out: string | undefined;
  /** A folder for CPU profiles of Insula. */
  readonly profile: string | undefined;
}

/** Options are wrong; the message says which. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const USAGE = `npm run bench -- [options]
  --only insula,limit      servers: ${SERVERS.join(', ')}
  --request one,create     requests: ${REQUESTS.join(', ')}
  --rounds 5               rounds of each server and request
  --seconds 3              seconds of a round
  --warm-up 3              seconds before the first round
  --connections 16         of the load, and of each server's pool
  --tenants 50
  --data folder            where the database is kept; bench/.data if left out
  --out comparison         the name of the files in bench/results/
  --profile folder         CPU profiles of Insula: its figures are none then
  --quick                  one short round with few tenants and rows, to see that everything works; writes nothing`;

/** @throws UsageError */
export function readOptions(args: readonly string[]): Options {
  const { values } = parse(args);
  const quick = values.quick ?? false;
  return {
    only: among(SERVERS, values.only),
    requests: among(REQUESTS, values.request),
    rounds: count('rounds', values.rounds, quick ? 1 : 5),
    seconds: count('seconds', values.seconds, quick ? 1 : 3),
    warmUp: count('warm-up', values['warm-up'], quick ? 1 : 3),
    connections: count('connections', values.connections, 16),
    tenants: count('tenants', values.tenants, quick ? 2 : 50),
    data: values.data,
    quick,
    out: values.out ?? (quick || values.profile ? undefined : 'comparison'),
    profile: values.profile,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        only: { type: 'string' },
        request: { type: 'string' },
        rounds: { type: 'string' },
        seconds: { type: 'string' },
        'warm-up': { type: 'string' },
        connections: { type: 'string' },
        tenants: { type: 'string' },
        data: { type: 'string' },
        out: { type: 'string' },
        profile: { type: 'string' },
        quick: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** A whole number above zero. @throws UsageError */
export function count(name: string, value: string | undefined, otherwise: number): number {
  if (value === undefined) return otherwise;
  if (/^[1-9]\d{0,8}$/.test(value)) return Number(value);
  throw new UsageError(`--${name} takes a whole number above zero, not ${value}.`);
}

function among<Name extends string>(names: readonly Name[], value: string | undefined): readonly Name[] {
  if (value === undefined) return names;
  return value.split(',').map((wanted) => {
    const known = names.find((name) => name === wanted);
    if (known === undefined) throw new UsageError(`${wanted} is none of ${names.join(', ')}.`);
    return known;
  });
}
