import { defineEntity } from '@mikro-orm/postgresql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSmallWorld, type SmallWorld } from './support/small-world.ts';

const PhotoSchema = defineEntity({
  name: 'Photo',
  filters: { shared: { name: 'shared', cond: { secret: false }, default: true } },
  properties: (p) => ({ id: p.bigint().primary(), file: p.text(), secret: p.boolean().default(false) }),
});
const ArticleSchema = defineEntity({
  name: 'Article',
  properties: (p) => ({ id: p.bigint().primary(), title: p.text() }),
});
const RemarkSchema = defineEntity({
  name: 'Remark',
  properties: (p) => ({
    id: p.integer().primary(),
    text: p.text(),
    subject: () => p.manyToOne([Photo, Article]).ref().nullable(),
  }),
});
class Photo extends PhotoSchema.class {}
PhotoSchema.setClass(Photo);
class Article extends ArticleSchema.class {}
ArticleSchema.setClass(Article);
class Remark extends RemarkSchema.class {}
RemarkSchema.setClass(Remark);

describe('relations to one of several entities', () => {
  let world: SmallWorld;
  beforeAll(async () => {
    world = await createSmallWorld(
      [Photo, Article, Remark],
      (builder) => {
        builder.entityObject(Photo, {
          fields: (t) => ({
            file: t.expose('file'),
            remarks: t.inverse(Remark, 'subject', { query: () => ({ orderBy: { text: 'asc' } }) }),
            remarkCount: t.inverseCount(Remark, 'subject'),
          }),
        });
        builder.entityObject(Article, {
          fields: (t) => ({ title: t.expose('title'), remarkPages: t.inverseConnection(Remark, 'subject') }),
        });
        const Subject = builder.unionType('Subject', {
          types: [builder.entityRef(Photo), builder.entityRef(Article)],
        });
        builder.entityObject(Remark, {
          fields: (t) => ({
            text: t.expose('text'),
            subject: t.relation('subject', { type: Subject }),
            subjectKey: t.field({
              type: 'String',
              nullable: true,
              select: ['subject'],
              resolve: ({ subject }) => (subject === null ? null : `${typeof subject} ${subject}`),
            }),
          }),
        });
        builder.queryType({
          fields: (t) => ({
            remarks: t.entityField({ type: [Remark], resolve: (read) => read({ orderBy: { id: 'asc' } }) }),
            photos: t.entityField({ type: [Photo], resolve: (read) => read({ orderBy: { id: 'asc' } }) }),
            articles: t.entityField({ type: [Article], resolve: (read) => read({ orderBy: { id: 'asc' } }) }),
            unattached: t.entityField({
              type: [Remark],
              resolve: (read) => read({ where: { subject: null } }),
            }),
            followed: t.entityField({
              type: [Remark],
              resolve: (read) => read({ where: { subject: { file: 'hidden.png' } } as never }),
            }),
            ordered: t.entityField({
              type: [Remark],
              resolve: (read) => read({ orderBy: { subject: { file: 'asc' } } as never }),
            }),
          }),
        });
      },
      {
        seed: `insert into photo (id, file, secret) values (9007199254740993, 'a.png', false), (2, 'hidden.png', true);
          insert into article values (9007199254740993, 'An article');
          insert into remark (id, text, subject_type, subject_id) values (1, 'of a photo', 'photo', 9007199254740993),
            (2, 'of an article', 'article', 9007199254740993), (3, 'of nothing', null, null), (4, 'of a hidden one', 'photo', 2);`,
      },
    );
  });
  afterAll(() => world[Symbol.asyncDispose]());

  it('lead to a union, in one statement; a hidden row is none', async () => {
    const { data, errors, texts } = await world.ask(
      '{ remarks { text subject { __typename ... on Photo { file remarkCount } ... on Article { title } } } }',
    );
    expect(errors).toEqual([]);
    expect(texts).toHaveLength(1);
    expect(data).toEqual({
      remarks: [
        { text: 'of a photo', subject: { __typename: 'Photo', file: 'a.png', remarkCount: 1 } },
        { text: 'of an article', subject: { __typename: 'Article', title: 'An article' } },
        { text: 'of nothing', subject: null },
        { text: 'of a hidden one', subject: null },
      ],
    });
  });

  it('come back from each of them: rows of the same key but another entity are not theirs', async () => {
    const { data, errors, texts } = await world.ask(
      '{ photos { file remarks { text } } articles { remarkPages { totalCount nodes { text } } } }',
    );
    expect(errors).toEqual([]);
    expect(texts).toHaveLength(2);
    expect(data).toEqual({
      photos: [{ file: 'a.png', remarks: [{ text: 'of a photo' }] }],
      articles: [{ remarkPages: { totalCount: 1, nodes: [{ text: 'of an article' }] } }],
    });
  });

  it('are their key in a computed field, with its exact value', async () => {
    const { data, errors } = await world.ask('{ remarks { subjectKey } }');
    expect(errors).toEqual([]);
    const key = 'bigint 9007199254740993';
    expect(data).toEqual({
      remarks: [{ subjectKey: key }, { subjectKey: key }, { subjectKey: null }, { subjectKey: 'bigint 2' }],
    });
  });

  it('are found by whether they are empty', async () => {
    const { data } = await world.ask('{ unattached { text } }');
    expect(data).toEqual({ unattached: [{ text: 'of nothing' }] });
  });

  it('no condition and no order can follow them: an error that says so, before anything is asked', async () => {
    const condition = await world.ask('{ followed { text } }');
    expect(condition.errors).toEqual([
      'Remark.subject leads to several entities: no condition can follow it.',
    ]);
    const order = await world.ask('{ ordered { text } }');
    expect(order.errors).toEqual([
      "Rows can't be ordered by Remark.subject: it leads to more than one kind or row.",
    ]);
    expect([...condition.texts, ...order.texts]).toEqual([]);
  });
});
