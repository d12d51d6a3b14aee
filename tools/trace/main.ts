import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { phases } from './phases.ts';
import { faults, renderTable } from './table.ts';
import { readProofs } from './tests.ts';

/**
 * Holds the phases of a request's life against the files that do them and the tests that prove them, and writes
 * docs/lifecycle.md; with `--check` it only looks whether that is up to date.
 */
const root = resolve(import.meta.dirname, '../..');
const page = resolve(root, 'docs/lifecycle.md');
const proofs = readProofs(root);
const found = faults(phases, proofs, root);
const text = renderTable(phases, proofs);
if (process.argv.includes('--check')) {
  if (readFileSync(page, 'utf8') !== text)
    found.push('docs/lifecycle.md is out of date: run "npm run trace".');
} else if (found.length === 0) {
  writeFileSync(page, text);
}
for (const fault of found) process.stderr.write(`trace: ${fault}\n`);
process.exitCode = found.length > 0 ? 1 : 0;
