import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { hasCode } from '../../errors/system.ts';

/**
 * Names a process so that a later one with the same pid is not taken for it: `pid` and, where the system tells it,
 * the time of its start. Undefined when there is no such process.
 */
export function processName(pid: number): string | undefined {
  if (process.platform === 'linux') {
    try {
      // Field 22; the second one, in parentheses, may hold blanks.
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ');
      return `${pid}.${fields?.[19]}`;
    } catch (error) {
      if (hasCode(error, 'ENOENT', 'ESRCH')) return undefined;
      throw error;
    }
  }
  return isRunning(pid) ? String(pid) : undefined;
}

/** Whether the process that {@link processName} named is still there. */
export function isAlive(name: string): boolean {
  return processName(Number.parseInt(name, 10)) === name;
}

/**
 * Whether `pid` is the PostgreSQL server of this data directory, which is its working directory.
 *
 * @throws Error when the process belongs to somebody else, who alone may look or stop it.
 */
export function serves(pid: number, dataDirectory: string): boolean {
  if (process.platform !== 'linux') return isRunning(pid);
  const works = worksIn(String(pid), dataDirectory);
  if (works === undefined) {
    throw new Error(`The database in ${dataDirectory} may be run by another user (process ${pid}).`);
  }
  return works;
}

/** The processes that work in a directory: a server's, also those that outlived it. Linux alone can tell. */
export function processesIn(directory: string): number[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && worksIn(name, directory))
    .map(Number);
}

/** Whether a process works in a directory; undefined when it is somebody else's, who alone may know. */
function worksIn(pid: string, directory: string): boolean | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === directory;
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ESRCH')) return false;
    if (hasCode(error, 'EACCES', 'EPERM')) return undefined;
    throw error;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}
