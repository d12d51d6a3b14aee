import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const home = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'pothos-mikro-orm-types-'));
const declarations = new Map<string, string>();

beforeAll(() => {
  const manifest = createRequire(import.meta.url).resolve('typescript/package.json');
  const tsc = join(dirname(manifest), 'bin', 'tsc');
  const project = join(home, 'tsconfig.build.json');
  execFileSync(process.execPath, [tsc, '-p', project, '--emitDeclarationOnly', '--outDir', folder]);
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (file.endsWith('.d.ts')) declarations.set(file, readFileSync(join(folder, file), 'utf8'));
  }
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

const code = (text: string) =>
  text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/\/\/.*$/gm, '')
    .replace(/'[^'\n]*'/g, "''");

/** The members of a file's interfaces, and whether a docblock stands above each. */
function membersOf(file: string): { name: string; documented: boolean }[] {
  const text = declarations.get(file) ?? '';
  const members = text.matchAll(/(\*\/\n)?^(?: {4}| {12})(?:readonly )?(\w+)\??(?=[<(:])/gm);
  return [...members].map(([, docblock, name = '']) => ({ name, documented: docblock !== undefined }));
}

describe('the declarations that are published', () => {
  it('hold no any', () => {
    const loose = [...declarations].filter(([, text]) => /\bany\b/.test(code(text)));
    expect(declarations.size).toBeGreaterThan(30);
    expect(loose.map(([file]) => file)).toEqual([]);
  });

  it.each([
    'global-types.d.ts',
    'options.d.ts',
    'types/fields.d.ts',
    'types/criteria.d.ts',
    'types/root-fields.d.ts',
  ])('%s says what each function and option is', (file) => {
    const members = membersOf(file).filter(({ name }) => name !== 'subscribe');
    expect(members.length).toBeGreaterThan(4);
    expect(members.filter(({ documented }) => !documented)).toEqual([]);
  });
});
