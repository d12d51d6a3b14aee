import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Account, handOver } from './account.ts';
import { runProgram } from './program.ts';

/** Everything that a server's directory holds. */
export interface ClusterFiles {
  readonly directory: string;
  /** PostgreSQL's data directory. */
  readonly data: string;
  readonly passwordFile: string;
  readonly logFile: string;
}

/** Where each of them is. */
export function filesIn(directory: string): ClusterFiles {
  return {
    directory,
    data: join(directory, 'data'),
    passwordFile: join(directory, 'password'),
    logFile: join(directory, 'log'),
  };
}

/** The superuser's password, made at the first start; only the owner of the directory can read it. */
export function superuserPassword({ passwordFile }: ClusterFiles): string {
  if (!existsSync(passwordFile)) {
    writeFileSync(passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600 });
  }
  return readFileSync(passwordFile, 'utf8');
}

export interface InitialiseOptions {
  /** The path of PostgreSQL's `initdb`. */
  readonly initdb: string;
  readonly account: Account;
  readonly superuser: string;
  /** Nothing is synced to the disk. */
  readonly throwaway: boolean;
}

/**
 * Makes a cluster beside its place and moves it there whole, so that a start that was killed leaves no half of one. The
 * superuser's password must have been made.
 *
 * @throws Error with the end of the log when `initdb` fails
 */
export function initialiseCluster(files: ClusterFiles, options: InitialiseOptions): void {
  const { directory, data, passwordFile, logFile } = files;
  const { initdb, account, superuser, throwaway } = options;
  for (const name of readdirSync(directory)) {
    if (name.startsWith('data.')) rmSync(join(directory, name), { recursive: true });
  }
  const part = `${data}.${randomBytes(4).toString('hex')}`;
  mkdirSync(part, { mode: 0o700 });
  handOver(part, account);
  handOver(passwordFile, account);
  const flags = [
    '--auth=scram-sha-256',
    `--pwfile=${passwordFile}`,
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    '--no-instructions',
  ];
  if (throwaway) flags.push('--no-sync');
  runProgram({ account, command: [initdb, '-D', part, '-U', superuser, ...flags], logFile });
  renameSync(part, data);
}
