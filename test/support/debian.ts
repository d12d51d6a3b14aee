import { execFileSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** A program, and the environment that it finds its libraries in. */
export interface DebianProgram {
  readonly path: string;
  readonly env: NodeJS.ProcessEnv;
}

const CACHE = resolve(import.meta.dirname, '../../node_modules/.cache/insula-debian');

/**
 * A program of Debian's that npm has not: where it is installed, or unpacked into a cache beside the dependencies, which
 * any user can do.
 *
 * @param packages that have the program and the libraries that a small system lacks
 * @throws Error that says in one line why it can't be had
 */
export function debianProgram(name: string, packages: readonly string[]): DebianProgram {
  const installed = (process.env.PATH ?? '')
    .split(':')
    .concat('/usr/sbin')
    .map((directory) => join(directory, name))
    .find(existsSync);
  if (installed) return { path: installed, env: process.env };
  const directory = join(CACHE, name);
  if (!existsSync(directory)) unpack(packages, directory);
  const [path] = globSync(`usr/{sbin,bin}/${name}`, { cwd: directory });
  if (!path) throw new Error(`None of the packages ${packages.join(', ')} has ${name}.`);
  const libraries = globSync('{usr/,}lib/**/*.so*', { cwd: directory }).map((file) =>
    join(directory, dirname(file)),
  );
  const env = { ...process.env, LD_LIBRARY_PATH: [...new Set(libraries)].join(':') };
  return { path: join(directory, path), env };
}

function unpack(packages: readonly string[], directory: string): void {
  mkdirSync(CACHE, { recursive: true });
  const temporary = mkdtempSync(join(CACHE, 'unpacking-'));
  try {
    execFileSync('apt-get', ['download', ...packages], { cwd: temporary, stdio: 'pipe' });
    const files = readdirSync(temporary).filter((file) => file.endsWith('.deb'));
    for (const file of files) {
      execFileSync('dpkg', ['-x', file, 'unpacked'], { cwd: temporary, stdio: 'pipe' });
    }
    renameSync(join(temporary, 'unpacked'), directory);
  } catch (cause) {
    throw new Error(
      `${packages[0]} is not installed, and apt-get can't download it here (Debian, after apt-get update, can).`,
      { cause },
    );
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}
