import { readFileSync } from 'node:fs';
import { z } from 'zod';

const manifest = z.record(z.string().min(1), z.string().min(1), 'Not an object of ids with their documents');

/**
 * Reads manifests of trusted documents, as GraphQL Code Generator writes them: JSON, each text under its id.
 *
 * @param paths files, separated by commas
 * @throws Error that names the file
 */
export function readManifests(paths: string): ReadonlyMap<string, string> {
  return new Map(
    paths
      .split(',')
      .map((path) => path.trim())
      .filter((path) => path !== '')
      .flatMap((path) => Object.entries(readManifest(path))),
  );
}

function readManifest(path: string): Record<string, string> {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new Error(`${path} can't be read as JSON`, { cause });
  }
  const { data, error } = manifest.safeParse(content);
  if (!data) throw new Error(`${path}: ${error.issues[0]?.message}`);
  return data;
}
