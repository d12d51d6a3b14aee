import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MASTER_KEY } from '../../support/database.ts';
import { run } from '../cli/in-process.ts';
import { createTrails, type Trails } from './trail.ts';

let trails: Trails;
let folder: string;
let anchors: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'insula-audit-'));
  anchors = join(folder, 'seals.jsonl');
  trails = await createTrails(2, { untilTestEnds: false });
  for (const tenant of trails.ids) await trails.write(tenant, 'one', 'two');
  await trails.decided();
});
afterAll(async () => {
  await trails.close();
  rmSync(folder, { recursive: true });
});

const insula = (words: string, settings: Record<string, string> = {}) =>
  run(words.split(' '), {
    environment: {
      DATABASE_URL: trails.url('owner'),
      INSULA_MASTER_KEY: MASTER_KEY.toString('base64'),
      INSULA_SEAL_ANCHORS: anchors,
      ...settings,
    },
  });

test('[TA] seal prints and keeps the new seals; verify finds them right', async () => {
  const { code, stdout } = await insula('audit seal');
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^(t_\w+ 1 [0-9a-f]{64}\n){2}$/)]);
  expect(readFileSync(anchors, 'utf8').trim().split('\n')).toHaveLength(2);
  expect(await insula('audit seal')).toMatchObject({ code: 0, stdout: '' });
  expect(await insula('audit verify')).toEqual({
    code: 0,
    stdout:
      'shop-0: as sealed; 2 events under 1 seals, 0 not sealed yet\nshop-1: as sealed; 2 events under 1 seals, 0 not sealed yet\n',
    stderr: '',
  });
});

test('[TA] verify says where, in words and as JSON, and fails', async () => {
  const [tenant = ''] = trails.ids;
  await trails.query(`update ${tenant}.audit set new = '{}' where new ->> 'name' = 'two'`);
  const said = await insula('audit verify shop-0');
  expect(said.code).toBe(1);
  expect(said.stdout).toMatch(
    /^shop-0: NOT AS SEALED.*\n {2}seal 1: rows were altered, swapped or replaced \(segment 1, /,
  );
  const { code, stdout } = await insula('audit verify --json');
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject([
    { slug: 'shop-0', tenant, faults: [{ seal: 1, problem: expect.stringContaining('altered') }] },
    { slug: 'shop-1', faults: [] },
  ]);
  expect(await insula('audit verify shop-1')).toMatchObject({ code: 0 });
});

test('[TA] another sealing key than the one of the seals is found out', async () => {
  const key = Buffer.alloc(32, 'another').toString('base64');
  const { code, stdout } = await insula('audit verify shop-1', { INSULA_SEALING_KEY: key });
  expect([code, stdout]).toEqual([1, expect.stringContaining('its signature is wrong')]);
});

test('[TA] verify warns where a cut end would not be found', async () => {
  const { code, stderr } = await insula('audit verify shop-1', { INSULA_SEAL_ANCHORS: '' });
  expect([code, stderr]).toEqual([0, expect.stringContaining('cut off is not found')]);
});

test.each([
  ['a line that is no anchor', 'not json\n', /line 1 is no anchor/],
  ['an anchor without a head', '{"tenant":"t","seq":1}\n', /line 1 is no anchor/],
])('[TA] %s is told', async (_what, text, message) => {
  const file = join(folder, 'broken.jsonl');
  writeFileSync(file, text);
  const { code, stderr } = await insula(`audit verify --anchors ${file}`);
  expect([code, stderr]).toEqual([1, expect.stringMatching(message)]);
});
