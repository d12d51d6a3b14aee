import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';

const sources = fileURLToPath(new URL('../src', import.meta.url));
// beside the type tests, so that imports are found as theirs
const file = fileURLToPath(new URL(`./types/.docblocks-${process.pid}.ts`, import.meta.url));
const project = file.replace('.ts', '.json');

/** What the examples take for granted. */
const prelude = `
import { MikroORM, type SqlEntityManager } from '@mikro-orm/postgresql';
import SchemaBuilder, { type SchemaTypes } from '@pothos/core';
import relay from '@pothos/plugin-relay';
import pothosMikroOrm, { columnsOf, defaultScalars, entityOf, executeWithKysely } from 'pothos-mikro-orm';
import type { Criteria, ManyKeys, MikroOrmOptions, OneCriteria, ReadMany, ReadOne } from 'pothos-mikro-orm';
import { CardPayment, Customer, Invoice, invoiceStatuses, Line, Payment } from '../support/entities.ts';
interface Context { em: SqlEntityManager; roles: string[] }
declare const orm: MikroORM;
declare const builder: PothosSchemaTypes.SchemaBuilder<
  PothosSchemaTypes.ExtendDefaultTypes<{ Context: Context; DefaultFieldNullability: false }> & SchemaTypes
>;
const InvoiceStatus = builder.enumType('InvoiceStatus', { values: invoiceStatuses });
`;

/** The code after each \`@example\`, up to the next tag or the end of the docblock. */
function examplesIn(path: string): string[] {
  const docblocks = readFileSync(join(sources, path), 'utf8').match(/\/\*\*[\s\S]*?\*\//g) ?? [];
  return docblocks.flatMap((docblock) =>
    docblock
      .replace(/\s*\*\/$/, '')
      .replace(/^ *\* ?/gm, '')
      .split(/^@example$/m)
      .slice(1)
      .map((example) => (example.split(/^@/m)[0] ?? '').trim()),
  );
}

afterAll(() => {
  rmSync(file, { force: true });
  rmSync(project, { force: true });
});

it('the examples in the docblocks compile', { timeout: 60_000 }, () => {
  const paths = readdirSync(sources, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.ts'),
  );
  const examples = paths.flatMap((path) => examplesIn(path).map((code) => ({ path, code })));
  expect(examples.length).toBeGreaterThan(20);
  const blocks = examples.map(({ path, code }) => `// ${path}\nvoid (async () => {\n${code}\n});`);
  writeFileSync(file, [prelude, ...blocks].join('\n'));
  const compilerOptions = { noUnusedLocals: false };
  writeFileSync(
    project,
    JSON.stringify({ extends: '../../tsconfig.json', compilerOptions, include: [], files: [file] }),
  );
  const manifest = createRequire(import.meta.url).resolve('typescript/package.json');
  const tsc = join(dirname(manifest), 'bin', 'tsc');
  const { stdout } = spawnSync(process.execPath, [tsc, '-p', project], { encoding: 'utf8' });
  expect(stdout).toBe('');
});
