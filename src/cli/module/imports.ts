import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

/** Where the package's entrances are in its own repository. */
const SOURCES = { insula: 'src/module.ts', 'insula/testing': 'src/testing/index.ts' };

/**
 * A module in a project imports from the package. In a clone of Insula itself there is none, so it imports the sources.
 *
 * @param file the absolute path of the file whose text it is
 */
export function importsFrom(file: string, text: string): string {
  const root = cloneAround(dirname(file));
  if (root === undefined) return text;
  return Object.entries(SOURCES).reduce((changed, [name, source]) => {
    const path = relative(dirname(file), join(root, source)).split(sep).join('/');
    return changed.replaceAll(`from '${name}'`, `from '${path}'`);
  }, text);
}

function cloneAround(directory: string): string | undefined {
  const manifest = join(directory, 'package.json');
  if (existsSync(manifest)) {
    return JSON.parse(readFileSync(manifest, 'utf8')).name === 'insula' ? directory : undefined;
  }
  const parent = dirname(directory);
  return parent === directory ? undefined : cloneAround(parent);
}
