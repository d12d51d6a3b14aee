import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode } from '../../errors/system.ts';
import { sslRequest } from '../wire/requests.ts';
import { processesIn, serves } from './processes.ts';
import { type Program, programFailure, startProgram } from './program.ts';

/** What a running server writes into its `postmaster.pid`. */
export interface Postmaster {
  readonly pid: number;
  readonly socketDirectory: string;
  readonly port: number;
  readonly ready: boolean;
}

/** Reads a data directory's pid file; undefined when there is none, or none that is complete. */
export function readPostmaster(dataDirectory: string): Postmaster | undefined {
  let lines: string[];
  try {
    lines = readFileSync(join(dataDirectory, 'postmaster.pid'), 'utf8').split('\n');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
  const [pid, , , port, socketDirectory, , , status] = lines;
  if (!pid || !port || !socketDirectory) return undefined;
  return {
    pid: Number(pid),
    port: Number(port),
    socketDirectory,
    ready: status?.startsWith('ready') ?? false,
  };
}

/**
 * Clears up after a killed server. Call it under the lock, for a dead server. Its backends may not have noticed yet,
 * and the socket is of no more use. The pid file stays, because a new server reads from it whether the old one's shared
 * memory is still in use; but its pid may be another process's by now, which would stop the new server. It takes its own
 * parent's pid for a leftover.
 */
export async function clearAfterDeath(dataDirectory: string): Promise<void> {
  for (const pid of processesIn(dataDirectory)) {
    signal(pid, 'SIGKILL');
    while (serves(pid, dataDirectory)) await sleep(5);
  }
  const dead = readPostmaster(dataDirectory);
  const file = join(dataDirectory, 'postmaster.pid');
  if (dead) {
    rmSync(dead.socketDirectory, { recursive: true, force: true });
    const [, ...lines] = readFileSync(file, 'utf8').split('\n');
    writeFileSync(file, [process.pid, ...lines].join('\n'));
  } else {
    rmSync(file, { force: true });
  }
}

/**
 * Starts a server and waits until it takes connections.
 *
 * @throws Error with the end of the log when it ends before
 */
export async function launch(dataDirectory: string, program: Program): Promise<Postmaster> {
  const child = startProgram(program);
  let ended: Error | true | undefined;
  child.once('exit', () => {
    ended = true;
  });
  child.once('error', (error) => {
    ended = error;
  });
  for (;;) {
    const state = readPostmaster(dataDirectory);
    if (state?.ready && state.pid === child.pid) return state;
    if (ended) throw programFailure('PostgreSQL did not start', program.logFile, ended);
    await sleep(5);
  }
}

/**
 * Finds a server that another process started, waiting for at most a minute until it takes connections. Undefined when
 * there is none, or when it dies meanwhile.
 */
export async function findRunning(dataDirectory: string): Promise<Postmaster | undefined> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const state = readPostmaster(dataDirectory);
    if (!state || !serves(state.pid, dataDirectory)) return undefined;
    // A server that was killed this moment still has its pid and a file that says ready.
    if (state.ready && (await answers(state))) return state;
    if (state.ready && !existsSync(socketOf(state))) {
      // Someone has tidied up the temporary folder: nobody will ever reach this server again.
      await shutDown(state, dataDirectory);
      return undefined;
    }
    if (Date.now() > deadline) throw new Error(`The database in ${dataDirectory} does not become ready.`);
    await sleep(20);
  }
}

const socketOf = ({ socketDirectory, port }: Postmaster) => join(socketDirectory, `.s.PGSQL.${port}`);

/** Asks something that every server answers; a connection alone may lead to a dying process. */
async function answers(postmaster: Postmaster): Promise<boolean> {
  const socket = connect(socketOf(postmaster));
  try {
    socket.write(sslRequest());
    const [first] = await Promise.race([once(socket, 'data'), once(socket, 'close')]);
    return Buffer.isBuffer(first);
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** Ends a server: open transactions are rolled back, and what they wrote is safe. After ten seconds by force. */
export async function shutDown({ pid, socketDirectory }: Postmaster, dataDirectory: string): Promise<void> {
  const force = Date.now() + 10_000;
  signal(pid, 'SIGINT');
  for (let forced = false; serves(pid, dataDirectory); await sleep(5)) {
    if (!forced && Date.now() > force) {
      forced = true;
      signal(pid, 'SIGQUIT');
    }
  }
  rmSync(socketDirectory, { recursive: true, force: true });
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (!hasCode(error, 'ESRCH')) throw error;
  }
}
