import { expect, test } from 'vitest';
import { demandedInProduction, listSettings } from '../../../src/config.ts';

const list = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(', ');

const HEAD = `# Configuration

<!-- Made from the source; a test compares the two. -->

Every setting is an environment variable; an empty one counts as not given. A wrong or unknown one stops the start with
a line that names it. \`insula serve\` and \`insula worker\` run in production, \`insula start\` in development.

Production has no default for ${list(demandedInProduction.gateway)}, and
does not start without them; a worker needs ${list(demandedInProduction.worker)}. Development makes its own keys in \`.insula/\`, is its own issuer of tokens, and brings its own PostgreSQL.

| setting | default | what it means |
|---|---|---|
`;

test('[RI] docs/configuration.md is what the source says; `vitest -u` writes it anew', async () => {
  const rows = listSettings().map(({ name, default: value, description }) => {
    const shown = value === undefined || value === '' ? '' : `\`${value}\``;
    return `| \`${name}\` | ${shown} | ${description.replaceAll('|', '\\|')} |`;
  });
  expect(rows.filter((row) => row.endsWith('|  |'))).toEqual([]);
  await expect(`${HEAD}${rows.join('\n')}\n`).toMatchFileSnapshot('../../../docs/configuration.md');
});
