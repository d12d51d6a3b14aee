import { readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';

/** What a result must be read with: versions and the machine's size. */
export interface Conditions {
  readonly cores: number;
  readonly memoryGiB: number;
  readonly versions: Readonly<Record<string, string>>;
}

/** Packages whose versions a result names, by the folder that has them. */
const PEERS = {
  postgraphile: ['postgraphile'],
  mercurius: ['mercurius', 'fastify'],
  stock: ['graphql-yoga', '@pothos/core', '@mikro-orm/core'],
} as const;

export function conditions(postgresql: string): Conditions {
  const versions: Record<string, string> = {
    insula: packageAt('../../package.json').version,
    node: process.versions.node,
    postgresql,
  };
  for (const [peer, names] of Object.entries(PEERS)) {
    const { dependencies } = packageAt(`../peers/${peer}/package.json`);
    for (const name of names) versions[name] = dependencies[name] ?? '';
  }
  return { cores: cpus().length, memoryGiB: Math.round(totalmem() / 2 ** 30), versions };
}

/** One line for people. */
export function conditionsLine({ cores, memoryGiB, versions }: Conditions): string {
  const list = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `${cores} cores, ${memoryGiB} GiB · ${list.join(' · ')}`;
}

function packageAt(path: string): { version: string; dependencies: Record<string, string> } {
  return JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
}
