import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { hasCode } from '../errors/system.ts';

/** What a key's file holds; undefined when there is none. */
export function readKeyFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/**
 * Keeps a key in a file that its owner alone can read, unless one is there already: of several processes that make one
 * at the same time, all get the key of the first.
 *
 * @returns what the file holds now
 */
export function keepKey(path: string, key: string): string {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomUUID()}`;
  writeFileSync(draft, key, { mode: 0o600, flag: 'wx' });
  try {
    // A link, unlike a rename, fails when the name is taken; and nobody sees a file that is half written.
    linkSync(draft, path);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  return readFileSync(path, 'utf8');
}
