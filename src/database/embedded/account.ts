import { spawnSync } from 'node:child_process';
import { chownSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';

/** How a PostgreSQL program is started: PostgreSQL refuses to run as root. */
export interface Account {
  /** Words before the command. */
  readonly prefix: readonly string[];
  /** Present where the process changes its user. */
  readonly ids?: { readonly uid: number; readonly gid: number };
}

const nobody = 65534;
const namespace = ['unshare', '--user', `--map-user=${nobody}`, `--map-group=${nobody}`, '--'];

/**
 * Chooses the account for a server whose files are in `directory`. An ordinary user runs it as themselves (in a user
 * namespace when the system has no name for them, which PostgreSQL needs). Root runs it as the directory's owner; for a
 * directory of root's in a user namespace, where root's files stay root's and a private home can be read; and where the
 * system permits no namespaces, as nobody.
 *
 * @throws Error when root may make no namespace and nobody can't reach the programs.
 */
export function accountFor(directory: string, program: string): Account {
  if (process.getuid?.() !== 0) return { prefix: hasName() ? [] : namespace };
  const { uid, gid } = statSync(directory);
  if (uid !== 0) return { prefix: [], ids: { uid, gid } };
  if (spawnSync('unshare', [...namespace.slice(1), 'true']).status === 0) return { prefix: namespace };
  const ids = { uid: nobody, gid: nobody };
  if (spawnSync(program, ['--version'], { ...ids, cwd: directory }).status !== 0) {
    throw new Error(
      'PostgreSQL does not run as root, and here neither user namespaces nor the user nobody can be used: run as an ordinary user, or set DATABASE_URL.',
    );
  }
  return { prefix: [], ids };
}

function hasName(): boolean {
  try {
    return userInfo().username !== '';
  } catch {
    return false;
  }
}

/** Gives a file or directory to the account that will use it. */
export function handOver(path: string, account: Account): void {
  if (account.ids) chownSync(path, account.ids.uid, account.ids.gid);
}
