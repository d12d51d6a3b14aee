import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startEmbedded } from '../database/embedded/index.ts';
import { readPostmaster, shutDown } from '../database/embedded/postmaster.ts';
import { isAlive, processName, serves } from '../database/embedded/processes.ts';
import type { EmbeddedServer } from '../database/embedded/server.ts';

const PREFIX = 'insula-test-';

/**
 * Starts a throw-away PostgreSQL in a temporary directory. It ends with this process at the latest, however that
 * ends; what nevertheless was left behind ends with the next start.
 */
export async function startTestServer(): Promise<EmbeddedServer> {
  await clearDeadRuns();
  const directory = mkdtempSync(join(tmpdir(), `${PREFIX}${processName(process.pid)}-`));
  const server = await startEmbedded({
    directory,
    throwaway: true,
    // One iteration: tests connect all the time, and derive their passwords from a key that everybody knows.
    settings: { max_connections: '200', scram_iterations: '1' },
  });
  const watcher = watch(server, directory);
  const removeNow = () => {
    watcher.kill();
    // Only for a process that ends without stopping it: nothing can be awaited any more.
    try {
      process.kill(server.pid, 'SIGKILL');
    } catch {}
    rmSync(server.host, { recursive: true, force: true });
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  };
  process.once('exit', removeNow);
  const stop = async () => {
    process.off('exit', removeNow);
    watcher.kill();
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  };
  return { ...server, stop };
}

const WATCHER = fileURLToPath(new URL(`./watcher${extname(import.meta.url)}`, import.meta.url));

/** Starts what ends the server when this process is killed; it keeps nobody waiting. */
function watch({ pid, host }: EmbeddedServer, directory: string) {
  const watcher = spawn(process.execPath, [WATCHER, String(pid), host, directory], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watcher.unref();
  if (watcher.stdin instanceof Socket) watcher.stdin.unref();
  return watcher;
}

async function clearDeadRuns(): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith(PREFIX) || isAlive(name.slice(PREFIX.length).split('-')[0] ?? '')) continue;
    const directory = join(tmpdir(), name);
    const data = join(directory, 'data');
    const postmaster = readPostmaster(data);
    if (postmaster && serves(postmaster.pid, data)) await shutDown(postmaster, data);
    rmSync(directory, { recursive: true, force: true });
  }
}
