import { defineEntity } from '@mikro-orm/postgresql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSmallWorld, type SmallWorld } from '../support/small-world.ts';

const FileSchema = defineEntity({
  name: 'File',
  properties: (p) => ({ digest: p.blob().primary(), name: p.text(), size: p.integer() }),
});
class File extends FileSchema.class {}
FileSchema.setClass(File);

const digest = (n: number) => Buffer.from([0xff, 0, n]);

describe('rows that are known by bytes', () => {
  let world: SmallWorld;
  beforeAll(async () => {
    world = await createSmallWorld(
      [File],
      (builder) => {
        builder.entityNode(File, { fields: (t) => ({ name: t.expose('name'), size: t.expose('size') }) });
        builder.queryType({
          fields: (t) => ({
            file: t.entityField({ type: File, resolve: (read) => read({ key: digest(2) }) }),
            files: t.entityField({
              type: [File],
              nullable: { items: true, list: false },
              resolve: (read) => read({ keys: [digest(2), digest(9), digest(1)] }),
            }),
            elsewhere: t.field({
              type: builder.entityRef(File),
              resolve: () => builder.entityRow(File, { digest: digest(1) }),
            }),
          }),
        });
      },
      { seed: `insert into file values ('\\xff0001', 'one', 1), ('\\xff0002', 'two', 2)` },
    );
  });
  afterAll(() => world[Symbol.asyncDispose]());

  it('are found by a key, by several in their order, and completed when they come from elsewhere', async () => {
    const { data, errors } = await world.ask('{ file { name } files { name } elsewhere { name size } }');
    expect(errors).toEqual([]);
    expect(data).toEqual({
      file: { name: 'two' },
      files: [{ name: 'two' }, null, { name: 'one' }],
      elsewhere: { name: 'one', size: 1 },
    });
  });

  it('have a global id that leads back to them', async () => {
    const { data } = await world.ask('{ file { id } }');
    const { id } = (data as { file: { id: string } }).file;
    expect(Buffer.from(id, 'base64').toString()).toBe('File:\\xff0002');
    const found = await world.ask(`{ node(id: "${id}") { ... on File { name } } }`);
    expect([found.errors, found.data]).toEqual([[], { node: { name: 'two' } }]);
  });
});
