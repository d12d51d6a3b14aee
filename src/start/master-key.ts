import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The development's master key, 32 bytes; undefined when the directory holds none. */
export function readMasterKey(directory: string): Buffer | undefined {
  try {
    return Buffer.from(readFileSync(pathIn(directory), 'utf8'), 'base64');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Reads the development's master key, or makes one that its owner alone can read. */
export function makeMasterKey(directory: string): Buffer {
  const known = readMasterKey(directory);
  if (known) return known;
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const draft = `${pathIn(directory)}.${randomBytes(6).toString('hex')}`;
  writeFileSync(draft, randomBytes(32).toString('base64'), { mode: 0o600, flag: 'wx' });
  try {
    // A link fails when another process was faster; and nobody reads half a key.
    linkSync(draft, pathIn(directory));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  return readMasterKey(directory) ?? makeMasterKey(directory);
}

const pathIn = (directory: string) => join(directory, 'master.key');
