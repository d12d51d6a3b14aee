import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LanguageServer, startLanguageServer } from './support/language-server.ts';

const home = fileURLToPath(new URL('..', import.meta.url));
// beside the type tests, as if somebody were writing there
const file = fileURLToPath(new URL('./types/unsaved.ts', import.meta.url));

const inFields = (code: string) => `
  import type { SchemaTypes } from '@pothos/core';
  import 'pothos-mikro-orm';
  import { Customer, Invoice, Line } from '../support/entities.ts';
  declare const builder: PothosSchemaTypes.SchemaBuilder<PothosSchemaTypes.ExtendDefaultTypes<{}> & SchemaTypes>;
  builder.entityObject(Invoice, { fields: (t) => ({ it: ${code} }) });
`;

let server: LanguageServer;

beforeAll(async () => {
  server = await startLanguageServer(home);
}, 60_000);
afterAll(() => server?.[Symbol.dispose]());

const offered = async (code: string) =>
  (await server.completionsAt(file, inFields(code))).map((label) => label.replace('?', '')).toSorted();

const columns = ['confidential', 'gross', 'id', 'issuedAt', 'net', 'number', 'secret', 'status', 'tax'];

describe('an editor offers', { timeout: 60_000 }, () => {
  it('the columns in t.expose', async () => {
    expect(await offered(`t.expose('|')`)).toEqual(columns);
  });

  it('the relations in t.relation, those to many alone for pages', async () => {
    expect(await offered(`t.relation('|')`)).toEqual(['approver', 'customer', 'lines']);
    expect(await offered(`t.relatedConnection('|')`)).toEqual(['lines']);
  });

  it('the relations of another entity that lead here', async () => {
    expect(await offered(`t.inverse(Line, '|')`)).toEqual(['invoice']);
  });

  it('the columns that a computed field may select, and of its row those that it selected', async () => {
    expect(await offered(`t.field({ type: 'String', select: ['|'], resolve: () => '' })`)).toEqual(
      [...columns, 'approver', 'customer'].toSorted(),
    );
    expect(await offered(`t.field({ type: 'String', select: ['net'], resolve: (row) => row.| })`)).toEqual([
      'id',
      'net',
    ]);
  });

  it('the properties in criteria', async () => {
    const found = await offered(`t.relation('customer', { query: () => ({ orderBy: { | } }) })`);
    expect(found).toEqual(expect.arrayContaining(['country', 'name', 'tags']));
    expect(found).not.toContain('number');
  });
});
