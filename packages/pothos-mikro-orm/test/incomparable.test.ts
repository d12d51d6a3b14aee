import { defineEntity, type FilterQuery, Type } from '@mikro-orm/postgresql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Criteria } from '../src/index.ts';
import { createSmallWorld, type SmallWorld } from './support/small-world.ts';

/** A type whose stored texts say nothing of the values. */
class Reversed extends Type<string, string> {
  readonly incomparable = true;

  override convertToDatabaseValue(value: string): string {
    // MikroORM asks types about null too.
    return value === null ? value : [...value].reverse().join('');
  }

  override convertToJSValue(value: string): string {
    return [...value].reverse().join('');
  }
}

const BoxSchema = defineEntity({
  name: 'Box',
  properties: (p) => ({
    id: p.integer().primary(),
    content: p.type(Reversed).nullable(),
    inside: () => p.manyToOne(Box).ref().nullable(),
    holds: () => p.oneToMany(Box).mappedBy('inside'),
  }),
});
class Box extends BoxSchema.class {}
BoxSchema.setClass(Box);

describe('a column whose custom type says that it is incomparable', () => {
  let criteria: Criteria<Box>;
  let world: SmallWorld;
  beforeAll(async () => {
    world = await createSmallWorld(
      [Box],
      (builder) => {
        builder.entityObject(Box, { fields: (t) => ({ content: t.expose('content') }) });
        builder.queryType({
          fields: (t) => ({ boxes: t.entityField({ type: [Box], resolve: (read) => read(criteria) }) }),
        });
      },
      { seed: `insert into box (id, content, inside_id) values (1, 'ylrep', null), (2, null, 1)` },
    );
  });
  afterAll(() => world[Symbol.asyncDispose]());

  const ask = (where: FilterQuery<Box>, orderBy?: Criteria<Box>['orderBy']) => {
    criteria = { where, ...(orderBy && { orderBy }) };
    return world.ask('{ boxes { content } }');
  };

  it('is shown, and found by whether it is null', async () => {
    expect((await ask({ content: null })).data).toEqual({ boxes: [{ content: null }] });
    expect((await ask({ content: { $ne: null } })).data).toEqual({ boxes: [{ content: 'perly' }] });
    expect((await ask({ $not: { content: { $eq: null } } })).data).toEqual({ boxes: [{ content: 'perly' }] });
  });

  const refused: FilterQuery<Box>[] = [
    { content: 'perly' },
    { content: { $like: 'p%' } },
    { content: { $in: ['perly'] } },
    { content: { $fulltext: 'perly' } },
    { content: { $not: { $eq: 'perly' } } },
    { $or: [{ id: 2 }, { content: { $gt: 'a' } }] },
    { inside: { content: 'perly' } },
    { holds: { $some: { content: 'perly' } } },
  ];
  it.each(refused.map((where) => [JSON.stringify(where), where] as const))(
    'is not compared: %s',
    async (_, where) => {
      const { errors, texts } = await ask(where);
      expect(errors).toEqual([expect.stringContaining(`"content" can't be compared`)]);
      expect(texts).toEqual([]);
    },
  );

  it('is not ordered by, here or through a relation', async () => {
    for (const orderBy of [{ content: 'asc' }, { inside: { content: 'desc' } }] as const) {
      expect((await ask({}, orderBy)).errors).toEqual([
        expect.stringContaining("can't be ordered by Box.content"),
      ]);
    }
  });
});
