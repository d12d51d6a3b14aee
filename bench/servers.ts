import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { AUDIENCE, type BenchIssuer } from './data/issuer.ts';
import { peerSchemaOf } from './data/peers.ts';
import { type Place, peerUrl } from './data/place.ts';
import type { Dialect } from './requests.ts';

export const SERVERS = ['insula', 'postgraphile', 'mercurius', 'stock', 'limit'] as const;
export type ServerName = (typeof SERVERS)[number];

/** What servers are started with. */
export interface Surroundings {
  readonly issuer: BenchIssuer;
  /** Insula's database, and the peers' one. */
  readonly places: { readonly insula: Place; readonly peers: Place };
  readonly connections: number;
  /** The core that servers run on; undefined where processes can't be kept on one. */
  readonly core: string | undefined;
  /** What the server's connections are called in `pg_stat_activity`. */
  readonly label?: string;
  /** Options for Node of the server under test, such as `--cpu-prof`. */
  readonly nodeOptions?: readonly string[];
}

interface Entry {
  readonly dialect: Dialect;
  /** Of the program, from this folder. */
  readonly program: readonly string[];
  /** The folder with the packages of a peer that has its own. */
  readonly packages?: string;
  readonly settings: (surroundings: Surroundings) => Record<string, string>;
}

function labelled(url: string, label: string | undefined): string {
  const address = new URL(url);
  if (label !== undefined) address.searchParams.set('application_name', label);
  return address.href;
}

const peer = (surroundings: Surroundings): Record<string, string> => ({
  DATABASE_URL: labelled(peerUrl(surroundings.places.peers), surroundings.label),
  JWKS_URI: surroundings.issuer.jwksUri,
  ISSUER: surroundings.issuer.issuer,
  AUDIENCE,
  POOL: String(surroundings.connections),
});

const ENTRIES: Readonly<Record<ServerName, Entry>> = {
  insula: {
    dialect: 'insula',
    program: ['../src/cli/main.ts', 'serve'],
    settings: ({ places, issuer: { issuer, jwksUri }, connections, label }) => ({
      DATABASE_URL: labelled(places.insula.url, label),
      INSULA_MASTER_KEY: places.insula.masterKey.toString('base64'),
      INSULA_ISSUERS: JSON.stringify([{ issuer, audience: AUDIENCE, jwksUri, algorithms: ['EdDSA'] }]),
      INSULA_TENANT_SOURCES: 'header,claim',
      INSULA_MAX_CONNECTIONS: String(connections),
      INSULA_METRICS_PORT: '0',
      INSULA_DRAIN_NOTICE: '0',
      HOST: '127.0.0.1',
    }),
  },
  postgraphile: {
    dialect: 'postgraphile',
    program: ['peers/postgraphile/server.js'],
    packages: 'peers/postgraphile',
    settings: (surroundings) => ({
      ...peer(surroundings),
      ADMIN_URL: surroundings.places.peers.url,
      INTROSPECTED_SCHEMA: peerSchemaOf(1),
      GRAPHILE_ENV: 'production',
    }),
  },
  mercurius: {
    dialect: 'plain',
    program: ['peers/mercurius/server.js'],
    packages: 'peers/mercurius',
    settings: peer,
  },
  stock: {
    dialect: 'plain',
    program: ['peers/stock/server.js'],
    packages: 'peers/stock',
    settings: peer,
  },
  limit: { dialect: 'plain', program: ['peers/limit/server.ts'], settings: peer },
};

export interface RunningServer extends AsyncDisposable {
  readonly name: ServerName;
  readonly dialect: Dialect;
  readonly port: number;
  readonly pid: number;
}

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Installs the packages of a server that has its own, if they are not there yet. */
export function installPackages(name: ServerName): void {
  const { packages } = ENTRIES[name];
  if (!packages || existsSync(here(`${packages}/node_modules`))) return;
  console.log(`installing ${name} …`);
  execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: here(packages), stdio: 'inherit' });
}

/**
 * Starts a server as a process of its own, in production mode. What it writes to standard output, for Insula the request
 * log, goes to `/dev/null`.
 *
 * @throws Error with what it wrote when it does not answer
 */
export async function startServer(name: ServerName, surroundings: Surroundings): Promise<RunningServer> {
  const { dialect, program, settings } = ENTRIES[name];
  const [file = '', ...rest] = program;
  const command = [process.execPath, ...(surroundings.nodeOptions ?? []), here(file), ...rest];
  const [first = '', ...args] = surroundings.core
    ? ['taskset', '-c', surroundings.core, ...command]
    : command;
  const port = await freePort();
  const child = spawn(first, args, {
    env: { PATH: process.env.PATH, NODE_ENV: 'production', PORT: String(port), ...settings(surroundings) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-2000);
  });
  const stop = () => stopProcess(child);
  try {
    await untilListening(port, child);
  } catch (cause) {
    await stop();
    throw new Error(`${name} does not start: ${complaint}`, { cause });
  }
  const { pid = 0 } = child;
  return { name, dialect, port, pid, [Symbol.asyncDispose]: stop };
}

async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

async function untilListening(port: number, child: ChildProcess): Promise<void> {
  const patience = Date.now() + 60_000;
  while (child.exitCode === null) {
    const answered = await fetch(`http://127.0.0.1:${port}/graphql`, { method: 'POST' }).then(
      async (response) => {
        await response.arrayBuffer();
        return true;
      },
      () => false,
    );
    if (answered) return;
    if (Date.now() > patience) throw new Error('It does not listen.');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('It has ended.');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}
