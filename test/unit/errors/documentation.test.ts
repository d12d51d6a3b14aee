import { expect, test } from 'vitest';
import { problems } from '../../../src/errors/problems.ts';
import { type ErrorGroup, renderErrorTable } from '../../../src/errors/table.ts';
import { modules } from '../../../src/modules/index.ts';
import { platform } from '../../../src/platform/index.ts';

test('[EH] docs/errors.md is what the source says; `vitest -u` writes it anew', async () => {
  const groups: ErrorGroup[] = [...platform, ...modules].flatMap(({ name, errors }) =>
    errors ? [{ title: name, errors }] : [],
  );
  const table = renderErrorTable([{ title: 'The gateway', errors: problems }, ...groups]);
  await expect(table).toMatchFileSnapshot('../../../docs/errors.md');
});
