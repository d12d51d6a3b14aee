import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const home = fileURLToPath(new URL('..', import.meta.url));
const manifest: Record<string, Record<string, string>> = JSON.parse(
  readFileSync(resolve(home, 'package.json'), 'utf8'),
);
const peers = Object.keys(manifest.peerDependencies ?? {});
const development = Object.keys(manifest.devDependencies ?? {});

const specifier = /(?:\bfrom\s+|\bimport\s+|\bimport\s*\(\s*|\bnew URL\(\s*)'([^'\n]+)'/g;

interface Import {
  readonly file: string;
  readonly name: string;
}

function importsOf(folder: string): Import[] {
  const files = readdirSync(resolve(home, folder), { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => file.endsWith('.ts') && !file.includes('node_modules'))
    .map((file) => resolve(home, folder, file))
    .flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(specifier)].map(([, name = '']) => ({ file, name })),
    );
}

const packageOf = (name: string) => name.split('/', name.startsWith('@') ? 2 : 1).join('/');

/** Whether an import stays in this package, or is of a package that it may use. */
function isAllowed({ file, name }: Import, packages: readonly string[]): boolean {
  if (name.startsWith('.')) return !relative(home, resolve(dirname(file), name)).startsWith('..');
  if (name.startsWith('node:')) return builtinModules.includes(name.slice('node:'.length));
  return packages.includes(packageOf(name));
}

const strangers = (folder: string, packages: readonly string[]) =>
  importsOf(folder)
    .filter((found) => !isAllowed(found, packages))
    .map(({ file, name }) => `${relative(home, file)}: ${name}`);

describe('the package stands alone', () => {
  it('its sources import nothing but themselves and the peers that an installation has', () => {
    expect(importsOf('src').length).toBeGreaterThan(100);
    expect(strangers('src', peers)).toEqual([]);
  });

  it.each(['test', 'examples', 'scripts'])('%s/ imports nothing from outside the package', (folder) => {
    expect(strangers(folder, [...peers, ...development, 'pothos-mikro-orm', 'vitest'])).toEqual([]);
  });
});
