import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { accountFor, handOver } from '../../src/database/embedded/account.ts';
import { debianProgram } from './debian.ts';

export interface PgBouncer extends AsyncDisposable {
  /** The directory of the socket; there is no TCP. */
  readonly host: string;
  readonly port: number;
}

export interface PgBouncerOptions {
  /** The server: the directory of its socket, and the port that names the socket. */
  readonly server: { readonly host: string; readonly port: number };
  /** Who may log in, with what PostgreSQL stores of their passwords. */
  readonly users: Readonly<Record<string, string>>;
  /** The most connections to each database. */
  readonly poolSize: number;
}

const PORT = 6432;

/** @throws Error that says in one line why it can't be had */
export const findPgBouncer = () => debianProgram('pgbouncer', ['pgbouncer', 'libc-ares2', 'libevent-2.1-7']);

/** PgBouncer in transaction mode before a server, configured as docs/decisions/0071 says. */
export async function startPgBouncer({ server, users, poolSize }: PgBouncerOptions): Promise<PgBouncer> {
  const { path, env } = findPgBouncer();
  const directory = mkdtempSync(join(tmpdir(), 'insula-pooler-'));
  const userList = join(directory, 'users.txt');
  writeFileSync(
    userList,
    Object.entries(users)
      .map(([name, secret]) => `"${name}" "${secret}"\n`)
      .join(''),
  );
  const settings = join(directory, 'pgbouncer.ini');
  writeFileSync(
    settings,
    `[databases]
* = host=${server.host} port=${server.port}
[pgbouncer]
pool_mode = transaction
default_pool_size = ${poolSize}
max_client_conn = 500
auth_type = scram-sha-256
auth_file = ${userList}
listen_addr =
listen_port = ${PORT}
unix_socket_dir = ${directory}
`,
  );
  const account = accountFor(directory, path);
  for (const file of [directory, userList, settings]) handOver(file, account);
  const [command = path, ...words] = [...account.prefix, path, '--quiet', settings];
  const child = spawn(command, words, { env, stdio: ['ignore', 'ignore', 'pipe'], ...account.ids });
  let complaints = '';
  child.stderr.on('data', (data) => {
    complaints += data;
  });
  const ended = once(child, 'exit');
  while (!existsSync(join(directory, `.s.PGSQL.${PORT}`))) {
    if (child.exitCode !== null) throw new Error(`PgBouncer did not start: ${complaints}`);
    await sleep(10);
  }
  return {
    host: directory,
    port: PORT,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
