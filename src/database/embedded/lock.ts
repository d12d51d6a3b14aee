import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode } from '../../errors/system.ts';
import { isAlive, processName } from './processes.ts';

/**
 * Runs `work` while no other process (nor another call in this one) runs under the lock file of that path. A lock
 * whose process has died is taken over.
 *
 * @throws Error when the lock isn't free within a minute.
 */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const mine = `${path}.${randomBytes(6).toString('hex')}`;
  // The file appears at its path complete: another process never reads half a name.
  writeFileSync(mine, processName(process.pid) ?? '');
  try {
    const deadline = Date.now() + 60_000;
    while (!acquire(mine, path)) {
      if (Date.now() > deadline) throw new Error(`Another process holds ${path} (process ${holder(path)}).`);
      await sleep(20);
    }
  } finally {
    rmSync(mine, { force: true });
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

function acquire(mine: string, path: string): boolean {
  try {
    linkSync(mine, path);
    return true;
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  }
  const owner = holder(path);
  if (owner !== undefined && !isAlive(owner)) setAside(path, owner, `${mine}.stale`);
  return false;
}

/** Renaming is atomic: of several that find a dead owner one moves its file. The last one may move a new owner's. */
function setAside(path: string, owner: string, aside: string): void {
  try {
    renameSync(path, aside);
    if (readFileSync(aside, 'utf8') !== owner) linkSync(aside, path);
  } catch (error) {
    if (!hasCode(error, 'ENOENT', 'EEXIST')) throw error;
  }
  rmSync(aside, { force: true });
}

function holder(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
