import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Node's errors from the operating system carry a code such as `ENOENT`. */
export function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}

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
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === dataDirectory;
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ESRCH')) return false;
    if (hasCode(error, 'EACCES', 'EPERM')) {
      throw new Error(`The database in ${dataDirectory} may be run by another user (process ${pid}).`);
    }
    throw error;
  }
}

/** The processes that work in a directory: a server's, also those that outlived it. Linux alone can tell. */
export function processesIn(directory: string): number[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && worksIn(name, directory))
    .map(Number);
}

function worksIn(pid: string, directory: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === directory;
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ESRCH', 'EACCES', 'EPERM')) return false;
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
