import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { keepKey, readKeyFile } from '../authentication/key-file.ts';

const pathIn = (directory: string) => join(directory, 'master.key');

/** The development's master key, 32 bytes; undefined when the directory holds none. */
export function readMasterKey(directory: string): Buffer | undefined {
  const text = readKeyFile(pathIn(directory));
  return text === undefined ? undefined : Buffer.from(text, 'base64');
}

/** Reads the development's master key, or makes one that its owner alone can read. */
export function makeMasterKey(directory: string): Buffer {
  const known = readMasterKey(directory);
  return known ?? Buffer.from(keepKey(pathIn(directory), randomBytes(32).toString('base64')), 'base64');
}
