import { defineEntity } from '@mikro-orm/postgresql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Criteria } from '../src/index.ts';
import { createSmallWorld, type SmallWorld } from './support/small-world.ts';

/** Mine: a team that I am a member of. Its members' own policy comes back to the team: that circle must end. */
const TeamSchema = defineEntity({
  name: 'Team',
  filters: {
    mine: {
      name: 'mine',
      cond: async ({ user }: { user: string }) => ({ members: { $some: { user } } }),
      default: true,
    },
  },
  properties: (p) => ({
    id: p.integer().primary(),
    name: p.text(),
    archived: p.boolean(),
    tenant: p.text(),
    members: () => p.oneToMany(Member).mappedBy('team'),
    tasks: () => p.oneToMany(Task).mappedBy('team'),
  }),
});
const MemberSchema = defineEntity({
  name: 'Member',
  filters: { active: { name: 'active', cond: { team: { archived: false } }, default: true } },
  properties: (p) => ({ id: p.integer().primary(), user: p.text(), team: () => p.manyToOne(Team).ref() }),
});
/** Visible while its team is, two relations away. */
const TaskSchema = defineEntity({
  name: 'Task',
  filters: { open: { name: 'open', cond: { team: { archived: false } }, default: true } },
  properties: (p) => ({
    id: p.integer().primary(),
    title: p.text(),
    tenant: p.text(),
    team: () => p.manyToOne(Team).ref(),
  }),
});
class Team extends TeamSchema.class {}
TeamSchema.setClass(Team);
class Member extends MemberSchema.class {}
MemberSchema.setClass(Member);
class Task extends TaskSchema.class {}
TaskSchema.setClass(Task);

const probes: Record<string, Criteria<Task>> = {
  all: { orderBy: { id: 'asc' } },
  byTeam: { where: { team: { name: 'theirs' } } },
  byMember: { where: { team: { members: { $some: { user: 'bob' } } } }, orderBy: { id: 'asc' } },
  notOfTeam: { where: { $not: { team: { name: 'mine' } } } },
};

describe('policies that follow relations', () => {
  let world: SmallWorld;
  beforeAll(async () => {
    world = await createSmallWorld(
      [Team, Member, Task],
      (builder) => {
        builder.entityObject(Team, {
          fields: (t) => ({
            name: t.expose('name'),
            taskCount: t.relatedCount('tasks'),
            members: t.relation('members'),
            tasks: t.relation('tasks'),
          }),
        });
        builder.entityObject(Member, { fields: (t) => ({ user: t.expose('user') }) });
        builder.entityObject(Task, {
          fields: (t) => ({ title: t.expose('title'), team: t.relation('team', { nullable: true }) }),
        });
        builder.queryType({
          fields: (t) => ({
            teams: t.entityField({ type: [Team], resolve: (read) => read() }),
            tasks: t.entityField({
              type: [Task],
              args: { probe: t.arg.string({ required: true }) },
              resolve: (read, _root, { probe }) => read(probes[probe]),
            }),
          }),
        });
      },
      {
        // a global filter, for the entities that have a tenant
        filters: {
          tenant: {
            name: 'tenant',
            cond: ({ id }: { id: string }) => ({ tenant: id }),
            entity: ['Team', 'Task'],
            default: true,
          },
        },
        seed: `insert into team values (1, 'mine', false, 'a'), (2, 'theirs', false, 'a'), (3, 'old', true, 'a'), (4, 'far', false, 'b');
          insert into member values (1, 'ann', 1), (2, 'bob', 1), (3, 'bob', 2), (4, 'ann', 3), (5, 'ann', 4);
          insert into task values (1, 'one', 'a', 1), (2, 'two', 'a', 2), (3, 'three', 'a', 3), (4, 'four', 'b', 4), (5, 'five', 'b', 1);`,
      },
    );
  });
  afterAll(() => world[Symbol.asyncDispose]());

  const as = (user: string, tenant = 'a') => {
    const em = world.orm.em.fork();
    em.setFilterParams('mine', { user });
    em.setFilterParams('tenant', { id: tenant });
    return em;
  };

  it('[AZ] two policies that name each other come to an end, and both hold', async () => {
    const { data, errors, texts } = await world.ask(
      '{ teams { name members { user } tasks { title } taskCount } }',
      as('ann'),
    );
    expect(errors).toEqual([]);
    expect(texts).toHaveLength(1);
    // 'old' is archived: there ann is no visible member, and so it is not hers
    expect(data).toEqual({
      teams: [
        {
          name: 'mine',
          members: [{ user: 'ann' }, { user: 'bob' }],
          tasks: [{ title: 'one' }],
          taskCount: 1,
        },
      ],
    });
  });

  it('[AZ] a policy on a relation is one on what it leads to: a task of a hidden team is hidden', async () => {
    expect((await world.ask('{ tasks(probe: "all") { title } }', as('ann'))).data).toEqual({
      tasks: [{ title: 'one' }],
    });
    expect((await world.ask('{ tasks(probe: "all") { title } }', as('bob'))).data).toEqual({
      tasks: [{ title: 'one' }, { title: 'two' }],
    });
  });

  it('[AZ] a global filter holds for the entities that it names', async () => {
    expect((await world.ask('{ teams { name } }', as('ann', 'b'))).data).toEqual({
      teams: [{ name: 'far' }],
    });
    expect((await world.ask('{ tasks(probe: "all") { title } }', as('ann', 'b'))).data).toEqual({
      tasks: [{ title: 'four' }],
    });
  });

  it('[AZ] no condition finds out about a hidden team', async () => {
    for (const probe of ['byTeam', 'notOfTeam']) {
      expect((await world.ask(`{ tasks(probe: "${probe}") { title } }`, as('ann'))).data).toEqual({
        tasks: [],
      });
    }
    expect((await world.ask('{ tasks(probe: "byMember") { title } }', as('ann'))).data).toEqual({
      tasks: [{ title: 'one' }],
    });
  });
});
