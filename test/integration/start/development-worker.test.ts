import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { isAlive, processName } from '../../../src/database/embedded/processes.ts';
import { shell } from '../../support/shell.ts';
import { begin, insula, type Running, workingDirectory } from '../cli/command.ts';

/** The worker that a start runs beside its gateway, as the system names it. */
function workerOf({ pid }: Running): { pid: number; name: string } | undefined {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  const child = children.find((id) => {
    try {
      return readFileSync(`/proc/${id}/cmdline`, 'utf8').includes('\0worker\0');
    } catch {
      return false;
    }
  });
  const name = processName(Number(child));
  return name === undefined ? undefined : { pid: Number(child), name };
}

async function until<Found>(what: string, look: () => Promise<Found | undefined> | Found | undefined) {
  for (const end = performance.now() + 15_000; performance.now() < end; await delay(50)) {
    const found = await look();
    if (found) return found;
  }
  throw new Error(`In vain waited for: ${what}.`);
}

async function start(cwd: string): Promise<{ running: Running; url: string }> {
  const env = { PORT: '0', INSULA_LOG_LEVEL: 'warn', INSULA_JOB_LEASE: '1000' };
  const running = begin(['start'], { cwd, env });
  onTestFinished(async () => {
    running.signal('SIGKILL');
    await running.ended;
  });
  const [, url = ''] = await running.until(/(http:\/\/localhost:\d+)\/mail/);
  await running.until(/Ctrl-C/);
  return { running, url };
}

async function issueInvoice(cwd: string, url: string): Promise<string> {
  const token = await insula(['token', '--tenant', 'acme', '--user', 'accountant@acme.example'], { cwd });
  const ask = async (query: string) => {
    const body = JSON.stringify({ query });
    const { stdout } = await shell(
      `curl -s ${url}/t/acme/graphql -H 'authorization: Bearer ${token.stdout.trim()}' -H 'content-type: application/json' -d '${body}'`,
    );
    return JSON.parse(stdout);
  };
  const drafts = await ask('{ invoices(first: 1, filter: { status: [DRAFT] }) { nodes { id } } }');
  const { id } = drafts.data.invoices.nodes[0];
  const issued = await ask(
    `mutation { issueInvoice(input: { id: \\"${id}\\" }) { invoice { number } } }`.replaceAll('\\', ''),
  );
  return issued.data.issueInvoice.invoice.number;
}

const mailOf = async (url: string, number: string) => {
  const { stdout } = await shell(`curl -s ${url}/mail.json`);
  const letters: { subject: string }[] = JSON.parse(stdout);
  return letters.find(({ subject }) => subject.includes(number));
};

test('[AT SR] npm start runs a worker: mail is caught; a killed worker is replaced; with the gateway it ends', async () => {
  const cwd = workingDirectory();
  const { running, url } = await start(cwd);
  const first = await until('a worker', () => workerOf(running));
  const number = await issueInvoice(cwd, url);
  await until('the mail', () => mailOf(url, number));

  process.kill(first.pid, 'SIGKILL');
  const next = await issueInvoice(cwd, url);
  const second = await until('another worker', () => {
    const worker = workerOf(running);
    return worker?.pid === first.pid ? undefined : worker;
  });
  await until('the mail', () => mailOf(url, next));

  running.signal('SIGKILL');
  await running.ended;
  await until('the end of the worker', () => !isAlive(second.name));

  const again = await start(cwd);
  const third = await until('a worker', () => workerOf(again.running));
  again.running.signal('SIGINT');
  expect(await again.running.ended).toBe(0);
  expect(isAlive(third.name)).toBe(false);
}, 90_000);
