import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Account } from './account.ts';

/** A program of PostgreSQL's, and how it is run. */
export interface Program {
  readonly account: Account;
  readonly command: readonly [program: string, ...words: string[]];
  /** Its working directory. @default the log file's */
  readonly directory?: string;
  /** What it says is added to this file. */
  readonly logFile: string;
  /** The most address space that it may use, in MiB; kept on Linux alone. @default none */
  readonly memoryLimit?: number;
}

/**
 * Runs a program to its end.
 *
 * @throws Error with the end of the log when it fails.
 */
export function runProgram(program: Program): void {
  const [file, ...words] = commandLine(program);
  const { status, error } = withLog(program, (options) => spawnSync(file, words, options));
  if (status !== 0) throw programFailure(`${program.command[0]} failed`, program.logFile, error);
}

/** Starts a program that outlives a killed parent and that Ctrl-C in the terminal doesn't reach. */
export function startProgram(program: Program): ChildProcess {
  const [file, ...words] = commandLine(program);
  const child = withLog(program, (options) => spawn(file, words, { ...options, detached: true }));
  child.unref();
  return child;
}

/** What a program's failure looks like to a reader: with the last lines of its log. */
export function programFailure(what: string, logFile: string, cause: unknown): Error {
  const tail = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-5).join('\n');
  return new Error(`${what} (${logFile}):\n${tail}`, { cause });
}

function commandLine({ account, command, memoryLimit }: Program): [string, ...string[]] {
  const limited =
    memoryLimit !== undefined && process.platform === 'linux'
      ? ['sh', '-c', 'ulimit -v "$0"; exec "$@"', String(memoryLimit * 1024), ...command]
      : command;
  const [file = '', ...words] = [...account.prefix, ...limited];
  return [file, ...words];
}

/** The gateway's settings are no business of PostgreSQL's: some are secrets, and it outlives the gateway. */
function environment(): NodeJS.ProcessEnv {
  const ours = (name: string) => name.startsWith('INSULA_') || name === 'DATABASE_URL';
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours(name)));
}

interface RunOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly stdio: ['ignore', number, number];
  readonly uid?: number;
  readonly gid?: number;
}

function withLog<T>(
  { account, logFile, directory = dirname(logFile) }: Program,
  run: (options: RunOptions) => T,
): T {
  const log = openSync(logFile, 'a', 0o600);
  try {
    return run({ cwd: directory, env: environment(), stdio: ['ignore', log, log], ...account.ids });
  } finally {
    closeSync(log);
  }
}
