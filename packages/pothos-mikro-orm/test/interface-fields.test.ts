import { defineEntity } from '@mikro-orm/postgresql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSmallWorld, type SmallWorld } from './support/small-world.ts';

const MediumSchema = defineEntity({
  name: 'Medium',
  discriminatorColumn: 'kind',
  properties: (p) => ({
    id: p.integer().primary(),
    kind: p.enum(['film', 'song'] as const),
    title: p.text(),
    reviews: () => p.oneToMany(Review).mappedBy('medium'),
  }),
});
const FilmSchema = defineEntity({
  name: 'Film',
  extends: MediumSchema,
  discriminatorValue: 'film',
  properties: (p) => ({ minutes: p.integer().nullable() }),
});
const SongSchema = defineEntity({
  name: 'Song',
  extends: MediumSchema,
  discriminatorValue: 'song',
  properties: (p) => ({ beats: p.integer().nullable() }),
});
const ReviewSchema = defineEntity({
  name: 'Review',
  properties: (p) => ({
    id: p.integer().primary(),
    stars: p.integer(),
    medium: () => p.manyToOne(Medium).ref(),
  }),
});
class Medium extends MediumSchema.class {}
MediumSchema.setClass(Medium);
class Film extends FilmSchema.class {}
FilmSchema.setClass(Film);
class Song extends SongSchema.class {}
SongSchema.setClass(Song);
class Review extends ReviewSchema.class {}
ReviewSchema.setClass(Review);

let world: SmallWorld;

beforeAll(async () => {
  world = await createSmallWorld(
    [Medium, Film, Song, Review],
    (builder) => {
      const MediumRef = builder.entityInterface(Medium, { fields: (t) => ({ title: t.expose('title') }) });
      builder.entityObject(Film, {
        interfaces: [MediumRef],
        fields: (t) => ({ minutes: t.expose('minutes') }),
      });
      builder.entityObject(Song, { interfaces: [MediumRef], fields: (t) => ({ beats: t.expose('beats') }) });
      builder.entityObject(Review, {
        fields: (t) => ({ stars: t.expose('stars'), medium: t.relation('medium') }),
      });
      builder.entityFields(Medium, (t) => ({
        shout: t.field({ type: 'String', select: ['title'], resolve: ({ title }) => title.toUpperCase() }),
        reviewCount: t.relatedCount('reviews'),
        reviews: t.relation('reviews', { query: () => ({ orderBy: { id: 'asc' } }) }),
      }));
      builder.queryType({
        fields: (t) => ({
          media: t.entityField({ type: [Medium], resolve: (read) => read() }),
          reviews: t.entityField({ type: [Review], resolve: (read) => read() }),
        }),
      });
    },
    {
      seed: `insert into medium (id, kind, title, minutes, beats) values (1, 'film', 'Solaris', 167, null), (2, 'song', 'Hurt', null, 92);
        insert into review values (1, 5, 1), (2, 4, 1), (3, 5, 2);`,
    },
  );
});
afterAll(() => world?.[Symbol.asyncDispose]());

describe('fields that are added to an interface', () => {
  it('are loaded with the rows, whichever type each row is of', async () => {
    const { data, errors, texts } = await world.ask('{ media { shout reviewCount reviews { stars } } }');
    expect([errors, texts.length]).toEqual([[], 1]);
    expect(data).toEqual({
      media: [
        { shout: 'SOLARIS', reviewCount: 2, reviews: [{ stars: 5 }, { stars: 4 }] },
        { shout: 'HURT', reviewCount: 1, reviews: [{ stars: 5 }] },
      ],
    });
  });

  it('can be selected in fragments of single types, beside fields of their own', async () => {
    const { data, errors, texts } = await world.ask(
      '{ media { __typename ... on Film { minutes reviewCount } ... on Song { beats shout } } }',
    );
    expect([errors, texts.length]).toEqual([[], 1]);
    expect(data).toEqual({
      media: [
        { __typename: 'Film', minutes: 167, reviewCount: 2 },
        { __typename: 'Song', beats: 92, shout: 'HURT' },
      ],
    });
  });

  it('are reached through a relation to the interface', async () => {
    const { data, texts } = await world.ask(
      '{ reviews { medium { shout ... on Song { beats } ... on Film { reviewCount } } } }',
    );
    expect(data).toEqual({
      reviews: [
        { medium: { shout: 'SOLARIS', reviewCount: 2 } },
        { medium: { shout: 'SOLARIS', reviewCount: 2 } },
        { medium: { shout: 'HURT', beats: 92 } },
      ],
    });
    expect(texts).toHaveLength(1);
  });
});
