import { copyFileSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { buildSchema } from 'graphql';
import { readContract } from './proposals.ts';
import { breakingChanges } from './released.ts';

/**
 * `npm run contract:check` says what is promised and not built yet. It ends with 1 when a proposal is not valid, when
 * something is built otherwise than it was promised, and when a change breaks what was last released. `npm run
 * contract:release` takes the schema as released: it says what breaks and goes on.
 */
const { values } = parseArgs({
  options: {
    schema: { type: 'string', default: 'schema.graphql' },
    proposals: { type: 'string', default: 'contract' },
    released: { type: 'string', default: 'schema.released.graphql' },
    release: { type: 'boolean', default: false },
  },
});

const { built, promised, landed, faults } = readContract(values);
const released = buildSchema(readFileSync(values.released, 'utf8'));
const breaking = await breakingChanges(released, built);
for (const coordinate of promised) say(`${coordinate} is promised, and not built yet`);
for (const coordinate of landed) say(`${coordinate} is built: its promise can go`);
for (const fault of faults) complain(fault);
for (const change of breaking) complain(`breaks ${change}`);
if (values.release) {
  copyFileSync(values.schema, values.released);
} else if (breaking.length > 0) {
  complain('If the next release is to break this: "npm run contract:release", and a line in CHANGELOG.md.');
}
process.exitCode = faults.length > 0 || (breaking.length > 0 && !values.release) ? 1 : 0;

function say(line: string): void {
  process.stdout.write(`contract: ${line}\n`);
}

function complain(line: string): void {
  process.stderr.write(`contract: ${line}\n`);
}
