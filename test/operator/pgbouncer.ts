import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { accountFor, handOver } from '../../src/database/embedded/account.ts';
import { freePort } from '../support/compose-processes.ts';
import { findPgBouncer } from '../support/pgbouncer.ts';

export interface DeployedPgBouncer extends AsyncDisposable {
  /** `host:port`. */
  readonly address: string;
}

export interface DeployedPgBouncerOptions {
  readonly directory: string;
  /** Its users, as `insula database pooler-users` has written them. */
  readonly users: string;
  readonly postgres: { readonly host: string; readonly port: number };
}

/** Debian's PgBouncer with the configuration that ships. */
export async function startDeployedPgBouncer(options: DeployedPgBouncerOptions): Promise<DeployedPgBouncer> {
  const { directory, users, postgres } = options;
  const { path, env } = findPgBouncer();
  const port = await freePort();
  const settings = join(directory, 'pgbouncer.ini');
  writeFileSync(
    settings,
    readFileSync('deploy/pgbouncer/pgbouncer.ini', 'utf8')
      .replace('host=postgres port=5432', `host=${postgres.host} port=${postgres.port}`)
      .replace('0.0.0.0', '127.0.0.1')
      .replace('= 6432', `= ${port}`)
      .replace('/pooler/users.txt', users),
  );
  const account = accountFor(directory, path);
  for (const file of [directory, users, settings]) handOver(file, account);
  const [command = path, ...words] = [...account.prefix, path, '--quiet', settings];
  const child = spawn(command, words, { env, stdio: ['ignore', 'ignore', 'pipe'], ...account.ids });
  let complaints = '';
  child.stderr.on('data', (data) => {
    complaints += data;
  });
  const ended = once(child, 'exit');
  while (!(await listens(port))) {
    if (child.exitCode !== null) throw new Error(`PgBouncer did not start: ${complaints}`);
    await delay(20);
  }
  return {
    address: `127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      if (child.exitCode === null) await ended;
    },
  };
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
