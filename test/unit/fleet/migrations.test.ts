import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { readMigrations } from '../../../src/fleet/migrations.ts';

function moduleOf(name: string, files: Record<string, string>) {
  const folder = mkdtempSync(join(tmpdir(), 'insula-migrations-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  return { name, migrations: pathToFileURL(`${folder}/`) };
}

test('[DO] migrations come module by module, each one’s files by name', () => {
  const a = moduleOf('a', {
    '0002_second.sql': 'select 2',
    '0001_first.sql': 'select 1; select 1',
    'notes.md': '',
  });
  const b = moduleOf('b', { '0001_first.sql': 'select 3' });
  const plan = readMigrations([a, { name: 'none' }, b]);
  expect(plan.migrations.map(({ name }) => name)).toEqual(['a/0001_first', 'a/0002_second', 'b/0001_first']);
  expect(plan.migrations[0]?.statements).toEqual(['select 1', 'select 1']);
  expect(plan.version).toBe(3);
});

test('[DO] the hash follows names, texts and order', () => {
  const hash = (...modules: ReturnType<typeof moduleOf>[]) => readMigrations(modules).hash;
  const a = moduleOf('a', { '0001_first.sql': 'select 1' });
  const b = moduleOf('b', { '0001_first.sql': 'select 1' });
  const hashes = [
    hash(a),
    hash(b),
    hash(a, b),
    hash(b, a),
    hash(moduleOf('a', { '0001_first.sql': 'select 2' })),
    hash(moduleOf('a', { '0001_other.sql': 'select 1' })),
  ];
  expect(new Set(hashes).size).toBe(hashes.length);
  expect(hash(moduleOf('a', { '0001_first.sql': 'select 1' }))).toBe(hashes[0]);
});

test.each([
  [{ 'first.sql': '' }, /named like 0001_what_it_does\.sql; a\/first\.sql is not/],
  [{ '0001_a.sql': '', '0001_b.sql': '' }, /one number: a\/0001_a\.sql and a\/0001_b\.sql/],
  [{ '0001_a.sql': 'select 1; COMMIT; select 2' }, /inside a transaction; a\/0001_a has "COMMIT"/],
  [{ '0001_a.sql': 'select $$ 1' }, /does not end/],
])('[DO] files %j are refused', (files, message) => {
  expect(() => readMigrations([moduleOf('a', files)])).toThrow(message);
});
