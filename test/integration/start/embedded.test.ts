import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { startEmbedded } from '../../../src/database/embedded/index.ts';
import { isAlive, processName, serves } from '../../../src/database/embedded/processes.ts';

const script = fileURLToPath(new URL('hold-embedded.ts', import.meta.url));

function scratchDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'insula-embedded-'));
  onTestFinished(async () => {
    // Joining and leaving stops whatever a test left running.
    if (existsSync(join(directory, 'data')))
      await (await startEmbedded({ directory, throwaway: true })).stop();
    rmSync(directory, { recursive: true, force: true });
  });
  return directory;
}

interface Holder {
  readonly url: string;
  readonly pid: number;
  readonly adopted: boolean;
  readonly process: ChildProcess;
  leave(): Promise<void>;
  kill(): Promise<void>;
}

interface HoldOptions {
  readonly ids?: { readonly uid: number; readonly gid: number };
  readonly durable?: boolean;
}

async function hold(directory: string, { ids, durable }: HoldOptions = {}): Promise<Holder> {
  const words = [script, directory, durable ? 'durable' : 'throwaway'];
  const child = spawn(process.execPath, words, { stdio: ['pipe', 'pipe', 'inherit'], ...ids });
  const ended = once(child, 'exit');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const lines = createInterface({ input: child.stdout });
  const [line] = await Promise.race([
    once(lines, 'line'),
    ended.then(() => {
      throw new Error('The process ended before it had a server.');
    }),
  ]);
  return {
    ...JSON.parse(line),
    process: child,
    async leave() {
      child.stdin.end();
      await ended;
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

test('[SR] the server listens on a socket alone, asks for the password, and ends with its last user', async () => {
  const directory = scratchDirectory();
  const server = await startEmbedded({ directory, throwaway: true });
  expect(await query(server.url, 'select current_user, inet_server_port() as port')).toEqual([
    { current_user: 'postgres', port: null },
  ]);
  await expect(query(server.url.replace(server.password, 'wrong'), 'select 1')).rejects.toThrow(/password/);
  expect(statSync(join(directory, 'password')).mode & 0o777).toBe(0o600);
  expect(statSync(server.host).mode & 0o777).toBe(0o700);
  await server.stop();
  expect(serves(server.pid, join(directory, 'data'))).toBe(false);
  expect(existsSync(server.host)).toBe(false);
});

test('[SR] a second process joins the server and whoever leaves last stops it', async () => {
  const directory = scratchDirectory();
  const first = await hold(directory);
  const second = await hold(directory);
  expect([first.adopted, second.adopted]).toEqual([false, true]);
  expect(second.pid).toBe(first.pid);
  await first.leave();
  expect(await query(second.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  await second.leave();
  expect(serves(first.pid, join(directory, 'data'))).toBe(false);
});

test('[SR] when the server was killed and started anew, whoever leaves last stops the new one', async () => {
  const directory = scratchDirectory();
  const gateway = await hold(directory);
  process.kill(gateway.pid, 'SIGKILL');
  const command = await hold(directory);
  expect(command.adopted).toBe(false);
  await command.leave();
  expect(serves(command.pid, join(directory, 'data'))).toBe(true);
  await gateway.leave();
  expect(serves(command.pid, join(directory, 'data'))).toBe(false);
});

test('[SR] two first starts at once make one cluster', async () => {
  const directory = scratchDirectory();
  const [first, second] = await Promise.all([hold(directory), hold(directory)]);
  expect(second.pid).toBe(first.pid);
  expect([first.adopted, second.adopted].sort()).toEqual([false, true]);
});

test('[SR] after kill -9 of its user the server is adopted, and stops with the next one', async () => {
  const directory = scratchDirectory();
  const killed = await hold(directory);
  await killed.kill();
  const server = await startEmbedded({ directory, throwaway: true });
  expect([server.adopted, server.pid]).toEqual([true, killed.pid]);
  await server.stop();
  expect(serves(server.pid, join(directory, 'data'))).toBe(false);
});

test('[SR] after kill -9 of everything the next start recovers what was committed', async () => {
  const directory = scratchDirectory();
  const killed = await hold(directory, { durable: true });
  await query(killed.url, 'create table kept as select 7 as n');
  await killed.kill();
  process.kill(killed.pid, 'SIGKILL');
  const server = await startEmbedded({ directory, throwaway: true });
  expect(server.adopted).toBe(false);
  expect(await query(server.url, 'select n from kept')).toEqual([{ n: 7 }]);
  await server.stop();
});

test('[SR] a pid file whose number another process has now is no obstacle', async () => {
  const directory = scratchDirectory();
  await (await startEmbedded({ directory, throwaway: true })).stop();
  const socketDirectory = mkdtempSync(join(tmpdir(), 'insula-'));
  writeFileSync(
    join(directory, 'data', 'postmaster.pid'),
    `${process.pid}\n${join(directory, 'data')}\n1\n5432\n${socketDirectory}\n\n1 1\nready   \n`,
  );
  const server = await startEmbedded({ directory, throwaway: true });
  expect(server.adopted).toBe(false);
  await server.stop();
  expect(existsSync(socketDirectory)).toBe(false);
});

test('[SR] a first start that was killed leaves nothing in the way: half a cluster and its lock', async () => {
  const directory = scratchDirectory();
  mkdirSync(join(directory, 'data.killed'));
  writeFileSync(join(directory, 'lock'), '4194305.1');
  const server = await startEmbedded({ directory, throwaway: true });
  expect(existsSync(join(directory, 'data.killed'))).toBe(false);
  await server.stop();
  expect(existsSync(join(directory, 'lock'))).toBe(false);
});

test('[SR] a server whose socket was tidied away is replaced', async () => {
  const directory = scratchDirectory();
  const killed = await hold(directory);
  await killed.kill();
  const socketDirectory = decodeURIComponent(new URL(killed.url).hostname);
  rmSync(socketDirectory, { recursive: true });
  const server = await startEmbedded({ directory, throwaway: true });
  expect(server.adopted).toBe(false);
  expect(await query(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  await server.stop();
});

test('[SM] a statement that wants more memory than the limit fails alone', async () => {
  const server = await startEmbedded({ directory: scratchDirectory(), throwaway: true, memoryLimit: 1024 });
  const greedy = `select length(string_agg(repeat('x', 1000000), '')) from generate_series(1, 900)`;
  await expect(query(server.url, greedy)).rejects.toMatchObject({ code: '53200' });
  expect(await query(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  await server.stop();
});

test('[SR] a server that can not start says why, with the end of its log', async () => {
  const directory = scratchDirectory();
  await (await startEmbedded({ directory, throwaway: true })).stop();
  const broken = startEmbedded({ directory, settings: { shared_buffers: 'much' } });
  await expect(broken).rejects.toThrow(/PostgreSQL did not start[\s\S]*shared_buffers/);
});

const isRoot = process.getuid?.() === 0;

test.runIf(isRoot)('[SR] an ordinary user runs it, and then root in that user’s directory', async () => {
  const directory = scratchDirectory();
  const nobody = { uid: 65534, gid: 65534 };
  chownSync(directory, nobody.uid, nobody.gid);
  chmodSync(directory, 0o700);
  const user = await hold(directory, { ids: nobody });
  await query(user.url, 'create table kept as select 7 as n');
  await user.leave();
  const root = await startEmbedded({ directory, throwaway: true });
  expect(await query(root.url, 'select n from kept')).toEqual([{ n: 7 }]);
  await root.stop();
});

test.runIf(isRoot)('[SR] a user without a name runs it too', async () => {
  const directory = scratchDirectory();
  const nameless = { uid: 4711, gid: 4711 };
  chownSync(directory, nameless.uid, nameless.gid);
  const user = await hold(directory, { ids: nameless });
  expect(await query(user.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  await user.leave();
});

test('[SR] a process is told from a later one with its number', () => {
  const name = processName(process.pid) ?? '';
  expect(isAlive(name)).toBe(true);
  expect(isAlive(`${process.pid}.1`)).toBe(false);
  expect(isAlive('4194305.1')).toBe(false);
});
