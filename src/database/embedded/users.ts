import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, processName } from './processes.ts';

/** The processes that use a server, a file each: the last one that leaves stops it. Use it under the lock. */
export interface Users {
  /** Enters this process; the returned key is its file's name. */
  enter(): string;
  /** Takes the file away and says whether any other living process is left. */
  leave(key: string): { othersRemain: boolean };
}

/** The users that a directory lists; it is made when there is none. */
export function usersIn(directory: string): Users {
  mkdirSync(directory, { recursive: true });
  return {
    enter() {
      const key = `${processName(process.pid)}-${randomBytes(4).toString('hex')}`;
      writeFileSync(join(directory, key), '');
      return key;
    },
    leave(key) {
      rmSync(join(directory, key), { force: true });
      let othersRemain = false;
      for (const other of readdirSync(directory)) {
        if (isAlive(other.split('-')[0] ?? '')) othersRemain = true;
        else rmSync(join(directory, other), { force: true });
      }
      return { othersRemain };
    },
  };
}
