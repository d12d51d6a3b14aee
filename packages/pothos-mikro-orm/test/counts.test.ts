import { defineEntity } from '@mikro-orm/postgresql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSmallWorld, type SmallWorld } from './support/small-world.ts';

const PostSchema = defineEntity({
  name: 'Post',
  properties: (p) => ({
    id: p.integer().primary(),
    tags: () => p.manyToMany(Tag).inversedBy('posts').pivotTable('post_tag'),
    comments: () => p.oneToMany(Comment).mappedBy('post'),
  }),
});
class Post extends PostSchema.class {}
PostSchema.setClass(Post);

const TagSchema = defineEntity({
  name: 'Tag',
  filters: { live: { name: 'live', cond: { deleted: false }, default: true } },
  properties: (p) => ({
    id: p.integer().primary(),
    name: p.text(),
    deleted: p.boolean().default(false),
    posts: () => p.manyToMany(Post).mappedBy('tags'),
  }),
});
class Tag extends TagSchema.class {}
TagSchema.setClass(Tag);

const CommentSchema = defineEntity({
  name: 'Comment',
  properties: (p) => ({
    id: p.integer().primary(),
    stars: p.integer(),
    post: () => p.manyToOne(Post).ref().nullable(),
  }),
});
class Comment extends CommentSchema.class {}
CommentSchema.setClass(Comment);

let world: SmallWorld;

beforeAll(async () => {
  world = await createSmallWorld(
    [Post, Tag, Comment],
    (builder) => {
      builder.entityObject(Tag, { fields: (t) => ({ name: t.expose('name') }) });
      builder.entityObject(Comment, { fields: (t) => ({ stars: t.expose('stars') }) });
      builder.entityObject(Post, {
        fields: (t) => ({
          tagCount: t.relatedCount('tags'),
          tagsFrom: t.relatedCount('tags', {
            args: { from: t.arg.int({ required: true }) },
            query: ({ from }) => ({ where: { id: { $gte: from } } }),
          }),
          tags: t.relatedConnection('tags'),
          commentCount: t.relatedCount('comments'),
          praise: t.relatedCount('comments', { query: () => ({ where: { stars: { $gte: 4 } } }) }),
          comments: t.relatedConnection('comments'),
        }),
      });
      builder.queryType({
        fields: (t) => ({ posts: t.entityField({ type: [Post], resolve: (read) => read() }) }),
      });
    },
    {
      seed: `insert into post values (1), (2);
        insert into tag values (1, 'a', false), (2, 'b', false), (3, 'gone', true);
        insert into post_tag values (1, 1), (1, 2), (1, 3);
        insert into comment values (1, 5, 1), (2, 3, 1), (3, 4, 1), (4, 5, null);`,
    },
  );
});
afterAll(() => world?.[Symbol.asyncDispose]());

describe('a count', () => {
  it('through a join table counts the rows that are shown, each once', async () => {
    const { data, texts } = await world.ask('{ posts { tagCount tags { totalCount nodes { name } } } }');
    expect(data).toEqual({
      posts: [
        { tagCount: 2, tags: { totalCount: 2, nodes: [{ name: 'a' }, { name: 'b' }] } },
        { tagCount: 0, tags: { totalCount: 0, nodes: [] } },
      ],
    });
    expect(texts).toHaveLength(1);
  });

  it('has a condition of its own, and arguments', async () => {
    const { data } = await world.ask(
      '{ posts { commentCount praise many: tagsFrom(from: 1) few: tagsFrom(from: 2) } }',
    );
    expect(data).toEqual({
      posts: [
        { commentCount: 3, praise: 2, many: 2, few: 1 },
        { commentCount: 0, praise: 0, many: 0, few: 0 },
      ],
    });
  });

  it('stands beside the rows that it counts, whatever page of them is shown', async () => {
    const { data, texts } = await world.ask(
      '{ posts { commentCount comments(first: 1) { totalCount nodes { stars } pageInfo { hasNextPage } } } }',
    );
    expect(data).toMatchObject({
      posts: [
        {
          commentCount: 3,
          comments: { totalCount: 3, nodes: [{ stars: 5 }], pageInfo: { hasNextPage: true } },
        },
        { commentCount: 0, comments: { totalCount: 0, nodes: [], pageInfo: { hasNextPage: false } } },
      ],
    });
    expect(texts).toHaveLength(1);
  });
});
