import { defineEntity, PrimaryKeyProp } from '@mikro-orm/postgresql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSmallWorld, type SmallWorld } from './support/small-world.ts';

/** Hidden ones are in no list, no count and no page of either side. */
const SongSchema = defineEntity({
  name: 'Song',
  filters: { released: { name: 'released', cond: { draft: false }, default: true } },
  properties: (p) => ({
    id: p.integer().primary(),
    title: p.text(),
    draft: p.boolean().default(false),
    lists: () => p.manyToMany(Playlist).mappedBy('songs'),
    similar: () => p.manyToMany(Song).pivotTable('similar_songs'),
  }),
});
const PlaylistSchema = defineEntity({
  name: 'Playlist',
  properties: (p) => ({
    id: p.integer().primary(),
    name: p.text(),
    songs: () =>
      p
        .manyToMany(Song)
        .inversedBy('lists')
        .pivotEntity(() => Entry)
        .orderBy({ title: 'desc' }),
    entries: () => p.oneToMany(Entry).mappedBy('list'),
  }),
});
/** The pivot as an entity: with a column of its own. */
const EntrySchema = defineEntity({
  name: 'Entry',
  properties: (p) => ({
    list: () => p.manyToOne(Playlist).primary(),
    song: () => p.manyToOne(Song).primary(),
    position: p.integer().default(0),
  }),
});
class Song extends SongSchema.class {}
SongSchema.setClass(Song);
class Playlist extends PlaylistSchema.class {}
PlaylistSchema.setClass(Playlist);
class Entry extends EntrySchema.class {
  declare [PrimaryKeyProp]: ['list', 'song'];
}
EntrySchema.setClass(Entry);

describe('many-to-many relations', () => {
  let world: SmallWorld;
  beforeAll(async () => {
    world = await createSmallWorld(
      [Song, Playlist, Entry],
      (builder) => {
        builder.entityObject(Song, {
          fields: (t) => ({
            title: t.expose('title'),
            lists: t.relation('lists'),
            similar: t.relation('similar', { query: () => ({ orderBy: { title: 'asc' } }) }),
            similarTo: t.inverse(Song, 'similar'),
          }),
        });
        builder.entityObject(Playlist, {
          fields: (t) => ({
            name: t.expose('name'),
            songs: t.relation('songs'),
            songCount: t.relatedCount('songs'),
            songPages: t.relatedConnection('songs', {
              args: { up: t.arg.boolean() },
              query: ({ up }) => (up ? { orderBy: { title: 'asc' } } : {}),
            }),
            entries: t.relation('entries', { query: () => ({ orderBy: { position: 'asc' } }) }),
          }),
        });
        builder.entityNode(Entry, {
          fields: (t) => ({ position: t.expose('position'), song: t.relation('song', { nullable: true }) }),
        });
        builder.queryType({
          fields: (t) => ({
            lists: t.entityField({ type: [Playlist], resolve: (read) => read({ orderBy: { id: 'asc' } }) }),
            withDrafts: t.entityField({
              type: [Playlist],
              resolve: (read) => read({ where: { songs: { $some: { title: 'c' } } } }),
            }),
            drafts: t.entityField({
              type: [Playlist],
              resolve: (read) => read({ where: { entries: { $some: { song: { title: 'c' } } } } }),
            }),
            songs: t.entityField({ type: [Song], resolve: (read) => read({ orderBy: { id: 'asc' } }) }),
          }),
        });
      },
      {
        seed: `insert into song (id, title, draft) values (1, 'a', false), (2, 'b', false), (3, 'c', true);
          insert into playlist values (1, 'one'), (2, 'two');
          insert into entry (list_id, song_id, position) values (1, 1, 3), (1, 2, 1), (1, 3, 2), (2, 3, 1);
          insert into similar_songs values (1, 2), (1, 3), (2, 1), (3, 1);`,
      },
    );
  });
  afterAll(() => world[Symbol.asyncDispose]());

  it('through a pivot entity, in the order of the relation, with counts', async () => {
    const { data, errors, texts } = await world.ask(
      '{ lists { name songs { title lists { name } } songCount } }',
    );
    expect(errors).toEqual([]);
    expect(texts).toHaveLength(1);
    const lists = [{ name: 'one' }];
    expect(data).toEqual({
      lists: [
        {
          name: 'one',
          songs: [
            { title: 'b', lists },
            { title: 'a', lists },
          ],
          songCount: 2,
        },
        { name: 'two', songs: [], songCount: 0 },
      ],
    });
  });

  it('pages of them, in the relation’s order or another', async () => {
    const { data, errors, texts } = await world.ask(`{ lists {
      songPages(first: 1) { totalCount nodes { title } pageInfo { hasNextPage } }
      other: songPages(first: 1, up: true) { nodes { title } }
    } }`);
    expect(errors).toEqual([]);
    expect(texts).toHaveLength(1);
    expect(data).toMatchObject({
      lists: [
        {
          songPages: { totalCount: 2, nodes: [{ title: 'b' }], pageInfo: { hasNextPage: true } },
          other: { nodes: [{ title: 'a' }] },
        },
        { songPages: { totalCount: 0, nodes: [], pageInfo: { hasNextPage: false } } },
      ],
    });
  });

  it('the pivot’s own rows, in their order, by their two keys', async () => {
    const { data, errors, texts } = await world.ask('{ lists { entries { id position song { title } } } }');
    expect(errors).toEqual([]);
    expect(texts).toHaveLength(1);
    const [{ entries }] = (
      data as { lists: [{ entries: { id: string; position: string; song: unknown }[] }] }
    ).lists;
    expect(entries.map(({ song }) => song)).toEqual([{ title: 'b' }, null, { title: 'a' }]);
    const again = await world.ask(
      `{ node(id: "${entries[2]?.id}") { ... on Entry { position song { title } } } }`,
    );
    expect(again.data).toEqual({ node: { position: 3, song: { title: 'a' } } });
  });

  it('to the same entity, from both sides', async () => {
    const { data, errors, texts } = await world.ask(
      '{ songs { title similar { title similarTo { title } } } }',
    );
    expect(errors).toEqual([]);
    expect(texts).toHaveLength(1);
    expect(data).toEqual({
      songs: [
        { title: 'a', similar: [{ title: 'b', similarTo: [{ title: 'a' }] }] },
        { title: 'b', similar: [{ title: 'a', similarTo: [{ title: 'b' }] }] },
      ],
    });
  });

  it('a condition on them, or through their pivot, finds no hidden row', async () => {
    const { data, errors } = await world.ask('{ withDrafts { name } drafts { name } }');
    expect(errors).toEqual([]);
    expect(data).toEqual({ withDrafts: [], drafts: [] });
  });
});
