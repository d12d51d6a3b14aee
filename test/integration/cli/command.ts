import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { startEmbedded } from '../../../src/database/embedded/index.ts';
import { processesIn } from '../../../src/database/embedded/processes.ts';

const main = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));

/** An empty folder to work in; whatever runs in it at the end is stopped. */
export function workingDirectory(cleanUp: (work: () => Promise<void>) => void = onTestFinished): string {
  const directory = mkdtempSync(join(tmpdir(), 'insula-cli-'));
  cleanUp(async () => {
    const embedded = join(directory, '.insula', 'postgres');
    if (existsSync(join(embedded, 'data'))) await (await startEmbedded({ directory: embedded })).stop();
    rmSync(directory, { recursive: true, force: true });
  });
  return directory;
}

/** The processes of the database in a working directory. */
export const databaseProcesses = (cwd: string) => processesIn(join(cwd, '.insula', 'postgres', 'data'));

export interface CommandOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Running {
  readonly pid: number;
  /** What it has written so far. */
  readonly stdout: string;
  readonly stderr: string;
  /** Waits until its output has this. @throws Error with everything that it wrote when it ends before */
  until(pattern: RegExp): Promise<RegExpExecArray>;
  signal(name: NodeJS.Signals): void;
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
}

/** Begins `insula …` as a process of its own, with no settings but the given ones. */
export function begin(words: readonly string[], { cwd, env = {} }: CommandOptions): Running {
  const { PATH, HOME, TMPDIR } = process.env;
  const child = spawn(process.execPath, [main, ...words], {
    cwd,
    env: { PATH, HOME, TMPDIR, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const written = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    written.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    written.stderr += text;
  });
  const ended = once(child, 'close').then(([code, signal]) => code ?? signal);
  return {
    pid: child.pid ?? 0,
    ended,
    get stdout() {
      return written.stdout;
    },
    get stderr() {
      return written.stderr;
    },
    signal: (name) => void child.kill(name),
    async until(pattern) {
      for (;;) {
        const match = pattern.exec(written.stdout) ?? pattern.exec(written.stderr);
        if (match) return match;
        const over = await Promise.race([
          once(child.stdout, 'data'),
          once(child.stderr, 'data'),
          ended.then((code) => ({ code })),
        ]);
        if ('code' in over && !pattern.test(written.stdout + written.stderr)) {
          throw new Error(`insula ${words[0]} ended with ${over.code}: ${written.stdout}${written.stderr}`);
        }
      }
    },
  };
}

/** Runs `insula …` to its end. */
export async function insula(words: readonly string[], options: CommandOptions) {
  const running = begin(words, options);
  const code = await running.ended;
  return { code, stdout: running.stdout, stderr: running.stderr };
}
