import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defineModule } from '../../../src/module.ts';
import { createNotesModule } from '../../fixtures/notes/index.ts';
import { Note } from '../../fixtures/notes/note.ts';
import { DOORS, startGateway, type TestGateway } from '../../support/gateway.ts';

const notes = createNotesModule();
/** Fields that only an owner may have, below ones that everybody may. */
const boxes = defineModule({
  name: 'boxes',
  dependsOn: [notes],
  permissions: { 'boxes:secret': ['owner'] },
  types: (builder) => {
    const Box = builder.objectRef<object>('Box').implement({
      permission: 'public',
      fields: (t) => ({
        open: t.string({ resolve: () => 'open' }),
        secret: t.string({ permission: 'boxes:secret', resolve: () => 'SECRET' }),
      }),
    });
    builder.queryFields((t) => ({ box: t.field({ permission: 'public', type: Box, resolve: () => ({}) }) }));
    builder.mutationFields((t) => ({
      openBox: t.field({ permission: 'public', type: Box, resolve: () => ({}) }),
    }));
    builder.entityFields(Note, (t) => ({
      hidden: t.field({
        type: 'String',
        permission: 'boxes:secret',
        select: ['text'],
        resolve: ({ text }) => `SECRET ${text}`,
      }),
    }));
  },
});

describe.each(DOORS)('a field that the caller may not have (doors: %s)', (doors) => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway({ modules: [notes, boxes], doors });
    await gateway.ask({
      tenant: 'north',
      query: 'mutation { addNote(input: { text: "note" }) { note { id } } }',
    });
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  test.each([
    'query Q($no: Boolean!) { box @include(if: $no) { ... on Box { secret } } box { open } }',
    'query Q($no: Boolean!) { box @include(if: $no) { ...F } box { open } } fragment F on Box { secret }',
    '{ box @include(if: false) { ... on Box { secret } } box { open } }',
    '{ box @skip(if: true) { ...F } box { open } } fragment F on Box { secret }',
    '{ notes @include(if: false) { ... { nodes { hidden } } } notes { nodes { id } } }',
    '{ notes { nodes @include(if: false) { ... on Note { hidden } } nodes { id } } }',
    'mutation { openBox @include(if: false) { ... { secret } } openBox { open } }',
  ])('[AZ] is not resolved behind a condition that leaves it out: %s', async (query) => {
    const variables = query.includes('$no') ? { no: false } : undefined;
    const reply = await gateway.ask({ tenant: 'north', as: 'viewer', query, variables });
    expect(reply.status).toBe(200);
    expect(reply.body.errors).toBeUndefined();
    expect(reply.text).not.toContain('SECRET');
  });

  test.each([
    '{ box { secret } }',
    'query Q($yes: Boolean!) { box @include(if: $yes) { ...F } } fragment F on Box { secret }',
    '{ notes { edges { node { other: hidden } } } }',
  ])('[AZ] is refused where it is asked for: %s', async (query) => {
    const variables = query.includes('$yes') ? { yes: true } : undefined;
    const reply = await gateway.ask({ tenant: 'north', as: 'viewer', query, variables });
    expect([reply.status, reply.code]).toEqual([403, 'FORBIDDEN']);
    expect(reply.text).not.toContain('SECRET');
  });

  test('[RR TI] a condition in one tenant’s request changes nothing in another’s', async () => {
    const query = `query A($x: Boolean!) { viewer { ...F @include(if: $x) } }
      query B { viewer { ...F } }
      fragment F on Viewer { subject }`;
    await gateway.ask({ tenant: 'south', query, operationName: 'A', variables: { x: true } });
    await gateway.ask({ tenant: 'south', query, operationName: 'A', variables: { x: false } });
    const reply = await gateway.ask({ tenant: 'north', as: 'viewer', query, operationName: 'B' });
    expect(reply.body).toEqual({ data: { viewer: { subject: 'viewer@north.example' } } });
  });

  test('[RR] a selection that stands twice is there when one of the two is asked for', async () => {
    const query = '{ viewer { ...F @skip(if: true) ...F } } fragment F on Viewer { subject }';
    const reply = await gateway.ask({ tenant: 'north', query });
    expect(reply.body).toEqual({ data: { viewer: { subject: 'owner@north.example' } } });
  });

  test('[DV] a variable that must not be null and has a default need not be given', async () => {
    const query = 'query Page($n: Int! = 5) { notes(first: $n) { totalCount } }';
    const reply = await gateway.ask({ tenant: 'north', query });
    expect(reply.body).toEqual({ data: { notes: { totalCount: 1 } } });
  });
});
