import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

const directory = join(import.meta.dirname, 'peers');

/** Installs the peers, which are no part of the workspace, and makes Prisma's client: at the first use alone. */
export function installPeers(): void {
  const binaries = join(directory, 'node_modules', '.bin');
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    PATH: [dirname(process.execPath), binaries, process.env.PATH].join(delimiter),
    CHECKPOINT_DISABLE: '1',
    // Generating needs no schema engine, a binary that Prisma would otherwise fetch from a host of its own.
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
  };
  const run = (command: string, ...words: string[]) =>
    execFileSync(command, words, { cwd: directory, env, stdio: 'inherit' });
  if (!existsSync(join(directory, 'node_modules'))) run('npm', 'ci', '--no-audit', '--no-fund');
  if (!existsSync(join(directory, 'generated'))) run('prisma', 'generate');
}
