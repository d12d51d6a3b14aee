import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { problems } from '../../../src/errors/problems.ts';
import { type ErrorGroup, renderErrorTable } from '../../../src/errors/table.ts';
import { fleetProblems } from '../../../src/fleet/errors.ts';
import { jobProblems } from '../../../src/jobs/errors.ts';
import { modules } from '../../../src/modules/index.ts';
import { platform } from '../../../src/platform/index.ts';

test('[EH] docs/errors.md is what the source says; `vitest -u` writes it anew', async () => {
  const groups: ErrorGroup[] = [...platform, ...modules].flatMap(({ name, errors }) =>
    errors ? [{ title: name, errors }] : [],
  );
  const table = renderErrorTable([
    { title: 'The gateway', errors: problems },
    ...groups,
    { title: 'The commands', errors: { ...fleetProblems, ...jobProblems } },
  ]);
  await expect(table).toMatchFileSnapshot('../../../docs/errors.md');
});

test('[EH] every code of the gateway is given somewhere', () => {
  const sources = globSync('{src,packages/*/src}/**/*.ts')
    .filter((path) => !path.endsWith('errors/problems.ts'))
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n');
  const unused = Object.keys(problems).filter((code) => !new RegExp(`\\b${code}\\b`).test(sources));
  expect(unused).toEqual([]);
});
