import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startEmbedded } from '../../src/database/embedded/index.ts';
import { readPostmaster, shutDown } from '../../src/database/embedded/postmaster.ts';
import { isAlive, processName, serves } from '../../src/database/embedded/processes.ts';
import { buildTemplate } from './template.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The run's own server; `template` names the database that `createDatabase` copies. */
    postgres: { host: string; port: number; superuser: string; password: string; template: string };
  }
}

const prefix = 'insula-test-';

/** One throw-away PostgreSQL for the whole run, in a temporary directory. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await clearDeadRuns();
  const directory = mkdtempSync(join(tmpdir(), `${prefix}${processName(process.pid)}-`));
  const server = await startEmbedded({
    directory,
    throwaway: true,
    // One iteration: tests connect all the time, and derive their passwords from a key that everybody knows.
    settings: { max_connections: '200', scram_iterations: '1' },
  });
  const removeNow = () => {
    // Only for a run that ends without its teardown: nothing can be awaited any more.
    try {
      process.kill(server.pid, 'SIGKILL');
    } catch {}
    rmSync(server.host, { recursive: true, force: true });
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  };
  process.once('exit', removeNow);
  const teardown = async () => {
    process.off('exit', removeNow);
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    const template = await buildTemplate(server.url);
    const { host, port, user: superuser, password } = server;
    project.provide('postgres', { host, port, superuser, password, template });
    return teardown;
  } catch (error) {
    await teardown();
    throw error;
  }
}

/** Runs that were killed leave their server running; the next one ends it. */
async function clearDeadRuns(): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith(prefix) || isAlive(name.slice(prefix.length).split('-')[0] ?? '')) continue;
    const directory = join(tmpdir(), name);
    const data = join(directory, 'data');
    const postmaster = readPostmaster(data);
    if (postmaster && serves(postmaster.pid, data)) await shutDown(postmaster, data);
    rmSync(directory, { recursive: true, force: true });
  }
}
