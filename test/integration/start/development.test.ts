import { once } from 'node:events';
import { statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { shell } from '../../support/shell.ts';
import { begin, databaseProcesses, insula, type Running, workingDirectory } from '../cli/command.ts';

const env = { PORT: '0', INSULA_LOG_LEVEL: 'warn' };
const READY = /Insula is ready after ([\d.]+) s/;

async function start(cwd: string, more: Record<string, string> = {}): Promise<Running> {
  const running = begin(['start'], { cwd, env: { ...env, ...more } });
  onTestFinished(async () => {
    running.signal('SIGKILL');
    await running.ended;
  });
  await running.until(READY);
  await running.until(/Ctrl-C/);
  return running;
}

async function stop(running: Running, signal: NodeJS.Signals = 'SIGINT'): Promise<void> {
  running.signal(signal);
  expect(await running.ended).toBe(0);
}

/** Runs the curl command that was printed, as a shell would. */
async function curl({ stdout }: Running): Promise<unknown> {
  const command = /^curl [\s\S]*?'\{[^\n]*\n/m.exec(stdout)?.[0] ?? '';
  return JSON.parse((await shell(`${command.trimEnd()} --silent`)).stdout);
}

describe('[RI] npm start', () => {
  let cwd: string;
  const cleanUps: (() => Promise<void>)[] = [];

  beforeAll(() => {
    cwd = workingDirectory((work) => cleanUps.push(work));
  });
  afterAll(async () => {
    for (const cleanUp of cleanUps) await cleanUp();
  });

  const tenants = async () => (await insula(['tenant', 'list', '--json'], { cwd })).stdout;
  let before: string;

  test('[RI] the first start says where the tenants are, who can enter, and a curl command that works', async () => {
    const running = await start(cwd);
    expect(running.stdout).toMatch(
      /acme +http:\/\/acme\.localhost:\d+\/graphql\n +owner@acme\.example \(owner\)/,
    );
    expect(running.stdout).toMatch(/globex +http:\/\/globex\.localhost:\d+\/graphql/);
    expect(running.stdout).toMatch(/consultant@example\.com \(viewer\)/);
    expect(await curl(running)).toMatchObject({
      data: { viewer: { subject: 'owner@acme.example', roles: ['owner'] } },
    });
    expect(statSync(join(cwd, '.insula', 'master.key')).mode & 0o777).toBe(0o600);
    expect(databaseProcesses(cwd)).not.toEqual([]);
    before = await tenants();
    await stop(running);
    expect(databaseProcesses(cwd)).toEqual([]);
  });

  test('[RI] the second start keeps the data and is ready soon; SIGTERM stops everything too', async () => {
    const running = await start(cwd);
    expect(Number(READY.exec(running.stdout)?.[1])).toBeLessThan(5);
    expect(running.stderr).not.toContain('made the tenant');
    expect(await tenants()).toBe(before);
    await stop(running, 'SIGTERM');
    expect(databaseProcesses(cwd)).toEqual([]);
  });

  test('[SR] after kill -9 of the gateway alone the next start takes its database over', async () => {
    const killed = await start(cwd);
    killed.signal('SIGKILL');
    await killed.ended;
    expect(databaseProcesses(cwd)).not.toEqual([]);
    const running = await start(cwd);
    expect(await tenants()).toBe(before);
    await stop(running);
    expect(databaseProcesses(cwd)).toEqual([]);
  });

  test('[SR] after kill -9 of the whole tree the next start recovers', async () => {
    const killed = await start(cwd);
    for (const pid of [killed.pid, ...databaseProcesses(cwd)]) process.kill(pid, 'SIGKILL');
    await killed.ended;
    const running = await start(cwd);
    expect(await curl(running)).toHaveProperty('data.viewer.subject', 'owner@acme.example');
    expect(await tenants()).toBe(before);
    await stop(running);
  });

  test('[RI] two starts in two folders run side by side', async () => {
    const other = workingDirectory();
    const [first, second] = await Promise.all([start(cwd), start(other)]);
    expect(await curl(first)).toHaveProperty('data.viewer.subject', 'owner@acme.example');
    expect(await curl(second)).toHaveProperty('data.viewer.subject', 'owner@acme.example');
    await Promise.all([stop(first), stop(second)]);
  });
});

describe('[RI] a start that can not be', () => {
  test('[RI] a taken port is one clear line, before anything else is begun', async () => {
    const taken = createServer().listen(0);
    await once(taken, 'listening');
    onTestFinished(() => void taken.close());
    const address = taken.address();
    const port = typeof address === 'object' ? String(address?.port) : '';
    const cwd = workingDirectory();
    // Under npm, as people start it: the watch over npm must not keep the process.
    const npm = { npm_lifecycle_event: 'start' };
    const { code, stderr } = await insula(['start'], { cwd, env: { ...npm, PORT: port } });
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(new RegExp(`^insula: Port ${port} is taken\\.[^\\n]*\\n$`)),
    ]);
    expect(databaseProcesses(cwd)).toEqual([]);
  });

  test('[RI] a wrong setting is one clear line', async () => {
    const { code, stderr } = await insula(['start'], { cwd: workingDirectory(), env: { PORT: 'http' } });
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^insula: PORT: [^\n]*\n$/)]);
  });

  test('[RI] a database that can not be reached is one clear line', async () => {
    const { code, stderr } = await insula(['start'], {
      cwd: workingDirectory(),
      env: { ...env, DATABASE_URL: 'postgresql://postgres@127.0.0.1:1/none' },
    });
    expect([code, stderr.split('\n').at(-2)]).toEqual([
      1,
      expect.stringMatching(/^insula: The database can't be reached/),
    ]);
  });
});

test('[SR] a first start that is killed anywhere is completed by the next one', async () => {
  const cwd = workingDirectory();
  for (const moment of [/PostgreSQL runs/, /made the tenant acme/]) {
    const killed = begin(['start'], { cwd, env });
    await killed.until(moment);
    killed.signal('SIGKILL');
    await killed.ended;
  }
  await stop(await start(cwd));
  const counts = await Promise.all(
    ['acme', 'globex'].map(
      async (tenant) =>
        JSON.parse((await insula(['tenant', 'show', tenant, '--json'], { cwd })).stdout).members,
    ),
  );
  expect(counts).toEqual([5, 5]);
});
