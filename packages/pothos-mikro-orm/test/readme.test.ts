import { existsSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { createEmptyDatabase } from './support/database.ts';
import { readme, runServer, writeFilesTo } from './support/readme.ts';

it('[DO] the API that the README builds answers as it says', { timeout: 60_000 }, async () => {
  await using database = await createEmptyDatabase();
  // in this folder, so that its imports are found as a user's would be
  const folder = fileURLToPath(new URL(`./.readme-${process.pid}`, import.meta.url));
  try {
    expect(writeFilesTo(folder)).toEqual(['entities.ts', 'builder.ts', 'schema.ts', 'server.ts']);
    const flags = ['--conditions=@pothos-mikro-orm/source'];
    const { answers, promised } = await runServer(folder, database.url, flags);
    expect(promised).toHaveLength(2);
    expect(answers).toEqual(promised);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('the tests that the README names are there', () => {
  const names = [...readme.matchAll(/`([\w/-]+\.test(?:-d)?\.ts)`/g)].map(([, name = '']) => name);
  expect(names.length).toBeGreaterThan(20);
  expect(names.filter((name) => !existsSync(new URL(`./${name}`, import.meta.url)))).toEqual([]);
});
