import { defineEntity } from '@mikro-orm/postgresql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSmallWorld, type SmallWorld } from './support/small-world.ts';

const TeamSchema = defineEntity({
  name: 'Team',
  filters: { open: { name: 'open', cond: { hidden: false }, default: true } },
  properties: (p) => ({
    id: p.integer().primary(),
    name: p.text(),
    hidden: p.boolean(),
    players: () => p.oneToMany(Player).mappedBy('team'),
  }),
});
class Team extends TeamSchema.class {}
TeamSchema.setClass(Team);

const PlayerSchema = defineEntity({
  name: 'Player',
  properties: (p) => ({
    id: p.integer().primary(),
    name: p.text(),
    team: () => p.manyToOne(Team).ref(),
  }),
});
class Player extends PlayerSchema.class {}
PlayerSchema.setClass(Player);

let world: SmallWorld;

beforeAll(async () => {
  world = await createSmallWorld(
    [Team, Player],
    (builder) => {
      builder.entityObject(Player, {
        fields: (t) => ({ name: t.expose('name'), team: t.relation('team', { nullable: true }) }),
      });
      builder.entityObject(Team, {
        fields: (t) => ({
          name: t.expose('name'),
          players: t.relatedConnection('players', { query: () => ({ orderBy: { id: 'asc' } }) }),
          // a relation that an ordinary resolver leads to, by the key alone
          captain: t.field({
            type: Player,
            nullable: true,
            resolve: ({ id }) => (id === 1 ? builder.entityRow(Player, { id: 2 }) : null),
          }),
        }),
      });
      builder.queryType({
        fields: (t) => ({
          teams: t.entityField({ type: [Team], resolve: (read) => read() }),
          /** One row that its statement loaded, between two that are known by their keys. */
          mixed: t.field({
            type: [builder.entityRef(Team)],
            nullable: { list: false, items: true },
            resolve: () => [1, 2, 1].map((id) => builder.entityRow(Team, { id, name: `known ${id}` })),
          }),
          hidden: t.field({
            type: [builder.entityRef(Team)],
            nullable: { list: false, items: true },
            resolve: () => [1, 3].map((id) => builder.entityRow(Team, { id })),
          }),
          wrong: t.field({
            type: Team,
            nullable: true,
            resolve: (_root, _args, { em }) => em.findOneOrFail(Team, 1),
          }),
        }),
      });
    },
    {
      seed: `insert into team values (1, 'reds', false), (2, 'blues', false), (3, 'ghosts', true);
        insert into player values (1, 'Ada', 1), (2, 'Bo', 1), (3, 'Cy', 2);`,
    },
  );
});
afterAll(() => world?.[Symbol.asyncDispose]());

describe('rows that a statement loaded beside rows that a resolver named', () => {
  it('each show their own pages; what the named ones lack is one statement for all', async () => {
    const { data, errors, texts } = await world.ask(
      '{ mixed { name players(first: 1) { totalCount nodes { name team { name } } } } }',
    );
    const reds = {
      name: 'known 1',
      players: { totalCount: 2, nodes: [{ name: 'Ada', team: { name: 'reds' } }] },
    };
    const blues = {
      name: 'known 2',
      players: { totalCount: 1, nodes: [{ name: 'Cy', team: { name: 'blues' } }] },
    };
    expect([errors, texts.length]).toEqual([[], 1]);
    expect(data).toEqual({ mixed: [reds, blues, reds] });
  });

  it('below a row that was loaded whole, only the named one is loaded again', async () => {
    const { data, texts } = await world.ask('{ teams { name captain { name team { name } } } }');
    expect(data).toEqual({
      teams: [
        { name: 'reds', captain: { name: 'Bo', team: { name: 'reds' } } },
        { name: 'blues', captain: null },
      ],
    });
    expect(texts).toHaveLength(2);
  });

  it('a named row that a filter hides is an error of its own field, and its neighbours are shown', async () => {
    const { data, errors } = await world.ask('{ hidden { name } }');
    expect(data).toEqual({ hidden: [{ name: 'reds' }, null] });
    expect(errors).toEqual(['There is no such Team, or it may not be seen.']);
  });

  it('an entity where a row is due is refused, and nothing of it is shown', async () => {
    const { data, errors } = await world.ask('{ wrong { name } }');
    expect(data).toEqual({ wrong: null });
    expect(errors).toEqual([expect.stringContaining('Expected value of type "Team"')]);
  });
});

describe('a load that fails', () => {
  it('fails every field that waited for it, and nothing else', async () => {
    const em = world.orm.em.fork();
    await em.begin();
    // From here on PostgreSQL refuses every statement of this transaction.
    await expect(em.execute('select 1 / 0')).rejects.toThrow();
    const { data, errors } = await world.ask('{ __typename mixed { name players { totalCount } } }', em);
    await em.rollback();
    expect(data).toEqual({ __typename: 'Query', mixed: [null, null, null] });
    expect(errors).toHaveLength(3);
  });
});
