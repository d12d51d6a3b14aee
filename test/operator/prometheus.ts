import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '../support/compose-processes.ts';
import { debianProgram } from '../support/debian.ts';

/** A Prometheus that runs. */
export interface Prometheus extends AsyncDisposable {
  /** What an expression comes to now. @throws Error with what is wrong with it */
  evaluate(expression: string): Promise<readonly { readonly value: readonly [number, string] }[]>;
}

export interface PrometheusOptions {
  /** Its command line as compose.yaml has it. */
  readonly command: readonly string[];
  readonly directory: string;
  /** Addresses in place of the targets that deploy/prometheus/prometheus.yml names. */
  readonly targets: Readonly<Record<string, string>>;
}

/** @throws Error that says in one line why it can't be had */
export const findPrometheus = () => debianProgram('prometheus', ['prometheus']);

/** Says of a file with rules what is wrong with it. @throws Error with that */
export async function checkRules(path: string): Promise<string> {
  const { path: prometheus, env } = findPrometheus();
  const promtool = join(dirname(prometheus), 'promtool');
  return (await promisify(execFile)(promtool, ['check', 'rules', path], { env })).stdout;
}

/** Debian's Prometheus with the configuration that ships; it looks every second. */
export async function startPrometheus(options: PrometheusOptions): Promise<Prometheus> {
  const { command, directory, targets } = options;
  const { path, env } = findPrometheus();
  const config = join(directory, 'prometheus');
  cpSync('deploy/prometheus', config, { recursive: true });
  const file = join(config, 'prometheus.yml');
  const text = Object.entries(targets).reduce(
    (before, [from, to]) => before.replace(from, to),
    readFileSync(file, 'utf8').replaceAll('10s', '1s'),
  );
  writeFileSync(file, text);
  const address = `127.0.0.1:${await freePort()}`;
  const words = command.map((word) =>
    word.replace('/etc/prometheus', config).replace(/=\/prometheus$/, `=${join(directory, 'data')}`),
  );
  const child = spawn(path, [...words, `--web.listen-address=${address}`], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaints = '';
  child.stderr.on('data', (data) => {
    complaints += data;
  });
  const ended = once(child, 'exit');
  while (!(await fetch(`http://${address}/-/ready`).catch(() => undefined))?.ok) {
    if (child.exitCode !== null) throw new Error(`Prometheus did not start: ${complaints}`);
    await delay(50);
  }
  return {
    async evaluate(expression) {
      const reply = await fetch(
        `http://${address}/api/v1/query?${new URLSearchParams({ query: expression })}`,
      );
      const { status, error, data } = await reply.json();
      if (status !== 'success') throw new Error(error);
      return data.result;
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
