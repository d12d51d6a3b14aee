import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** The gateway under test has a core for itself; database and load share the others. */
export interface Cores {
  readonly server: string | undefined;
  readonly others: string | undefined;
}

/** Moves this process, and so all that it starts from now on, to the cores of database and load. */
export function takeCores(): Cores {
  const last = availableParallelism() - 1;
  if (process.platform !== 'linux' || last < 1) return { server: undefined, others: undefined };
  const others = last === 1 ? '1' : `1-${last}`;
  try {
    execFileSync('taskset', ['-a', '-c', '-p', others, String(process.pid)], { stdio: 'ignore' });
  } catch {
    return { server: undefined, others: undefined };
  }
  return { server: '0', others };
}
