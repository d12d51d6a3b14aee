import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSealing } from '../../../src/start/sealing.ts';
import { createNotesModule } from '../../fixtures/notes/index.ts';
import { startGateway, type TestGateway } from '../../support/gateway.ts';

let gateway: TestGateway;
let folder: string;
beforeAll(async () => {
  gateway = await startGateway({ modules: [createNotesModule()], tenants: ['north'] });
  folder = mkdtempSync(join(tmpdir(), 'insula-anchors-'));
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

test('[TA AL] a worker seals what was written, again and again, and keeps the heads outside', async () => {
  const anchors = join(folder, 'anchors.jsonl');
  const warnings: object[] = [];
  await using _sealing = startSealing({
    url: gateway.database.url('worker'),
    key: Buffer.alloc(32, 'a sealing key'),
    anchors,
    every: 50,
    logger: { info: () => {}, warn: (details: object) => void warnings.push(details) },
  });
  const unsealed = async () => {
    const [row] = await gateway.rows<{ n: number }>(
      'north',
      `select count(*)::int as n from operation o
       where not exists (select from audit_seal s where o.seg = s.seg and o.xid < s.to_xid)`,
    );
    return row?.n;
  };
  for (const text of ['first', 'second']) {
    await gateway.ask({
      tenant: 'north',
      query: `mutation { addNote(input: { text: "${text}" }) { note { id } } }`,
    });
    await expect.poll(unsealed, { timeout: 5_000 }).toBe(0);
  }
  expect(warnings).toEqual([]);
  const lines = readFileSync(anchors, 'utf8').trim().split('\n');
  expect(lines.map((line) => JSON.parse(line).tenant)).toContain(gateway.tenants.north);
});
