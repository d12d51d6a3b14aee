import { execFile } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { createEmptyDatabase } from './support/database.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const block = (language: string): string =>
  new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``).exec(readme)?.[1] ?? '';

it('[DO] the example of the README prints what it says', async () => {
  await using database = await createEmptyDatabase();
  // in this folder, so that its imports are found as a user's would be
  const file = fileURLToPath(new URL(`./.readme-${process.pid}.ts`, import.meta.url));
  writeFileSync(file, block('ts'));
  try {
    const env = { ...process.env, DATABASE_URL: database.url };
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--conditions=@pothos-mikro-orm/source', '--no-warnings', file],
      { env },
    );
    expect(JSON.parse(stdout)).toEqual(JSON.parse(block('json')));
  } finally {
    rmSync(file);
  }
});
