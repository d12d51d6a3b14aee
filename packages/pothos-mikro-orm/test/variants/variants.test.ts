import { defineEntity } from '@mikro-orm/postgresql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSmallWorld, type SmallWorld } from '../support/small-world.ts';

const UserSchema = defineEntity({
  name: 'User',
  tableName: 'person',
  filters: { active: { name: 'active', cond: { blocked: false }, default: true } },
  properties: (p) => ({
    id: p.integer().primary(),
    name: p.text(),
    salary: p.integer(),
    staff: p.boolean(),
    blocked: p.boolean().default(false),
    boss: () => p.manyToOne(User).ref().nullable(),
    reports: () => p.oneToMany(User).mappedBy('boss'),
  }),
});
class User extends UserSchema.class {}
UserSchema.setClass(User);

const id = (type: string, key: number) => Buffer.from(`${type}:${key}`).toString('base64');

describe('several types over one entity', () => {
  let world: SmallWorld;
  beforeAll(async () => {
    world = await createSmallWorld(
      [User],
      (builder) => {
        const Staff = builder.entityNode(User, {
          name: 'Staff',
          variant: true,
          fields: (t) => ({
            salary: t.expose('salary'),
            user: t.variant(User),
            reports: t.relation('reports', { query: () => ({ orderBy: { id: 'desc' } }) }),
          }),
        });
        const Guest = builder.entityObject(User, {
          name: 'Guest',
          variant: true,
          fields: (t) => ({
            nickname: t.field({ type: 'String', select: ['name'], resolve: ({ name }) => `~${name}` }),
          }),
        });
        builder.entityNode(User, {
          fields: (t) => ({
            name: t.expose('name'),
            boss: t.relation('boss'),
            staffBoss: t.relation('boss', { type: Staff }),
            staffReports: t.relatedConnection('reports', { type: Staff }),
            reports: t.relation('reports', { query: () => ({ orderBy: { id: 'asc' } }) }),
            asStaff: t.variant(Staff, { select: ['staff'], isNull: ({ staff }) => !staff }),
            asGuest: t.variant(Guest),
          }),
        });
        builder.entityFields(Staff, (t) => ({ badge: t.string({ resolve: () => 'badge' }) }));
        const Person = builder.entityInterface(User, {
          name: 'Person',
          variant: true,
          select: ['staff'],
          resolveType: ({ staff }) => (staff ? 'Employee' : 'Visitor'),
          fields: (t) => ({ name: t.expose('name') }),
        });
        builder.entityObject(User, {
          name: 'Employee',
          variant: true,
          interfaces: [Person],
          fields: (t) => ({ salary: t.expose('salary') }),
        });
        builder.entityObject(User, {
          name: 'Visitor',
          variant: true,
          interfaces: [Person],
          fields: (t) => ({ boss: t.relation('boss', { type: Person }) }),
        });
        builder.queryType({
          fields: (t) => ({
            user: t.entityField({
              type: User,
              nullable: true,
              args: { id: t.arg.int({ required: true }) },
              resolve: (read, _root, args) => read({ key: args.id }),
            }),
            staff: t.entityField({
              type: [Staff],
              resolve: (read) => read({ where: { staff: true }, orderBy: { id: 'asc' } }),
            }),
            people: t.entityField({ type: [Person], resolve: (read) => read({ orderBy: { id: 'asc' } }) }),
            staffPages: t.entityConnection({ type: Staff, query: () => ({ where: { staff: true } }) }),
            knownGuest: t.field({ type: Guest, resolve: () => builder.entityRow(User, { id: 2 }) }),
          }),
        });
      },
      {
        seed: `insert into person (id, name, salary, staff, blocked, boss_id) values
          (1, 'Ada', 10, true, false, null), (2, 'Bob', 5, true, false, 1), (3, 'Cid', 1, false, false, 2),
          (4, 'Dan', 7, true, true, 1), (5, 'Eve', 3, false, false, 4), (6, 'Dee', 2, false, false, 1);`,
      },
    );
  });
  afterAll(() => world[Symbol.asyncDispose]());

  it('the same row as another type, with what each selects, is one statement that reads the row once', async () => {
    const { data, errors, texts } = await world.ask(`{ user(id: 2) {
      __typename name
      asStaff { __typename salary badge reports { name } user { __typename name boss { name } } }
      asGuest { __typename nickname }
    } }`);
    expect(errors).toEqual([]);
    expect(texts).toHaveLength(1);
    expect(texts[0]?.match(/from "person"/g)).toHaveLength(3);
    expect(data).toEqual({
      user: {
        __typename: 'User',
        name: 'Bob',
        asStaff: {
          __typename: 'Staff',
          salary: 5,
          badge: 'badge',
          reports: [{ name: 'Cid' }],
          user: { __typename: 'User', name: 'Bob', boss: { name: 'Ada' } },
        },
        asGuest: { __typename: 'Guest', nickname: '~Bob' },
      },
    });
  });

  it('a relation of the same name in two types keeps the order of each', async () => {
    const { data, errors, texts } = await world.ask(
      '{ user(id: 1) { reports { name } asStaff { reports { name } } } }',
    );
    expect(errors).toEqual([]);
    expect(texts).toHaveLength(1);
    expect(data).toEqual({
      user: {
        reports: [{ name: 'Bob' }, { name: 'Dee' }],
        asStaff: { reports: [{ name: 'Dee' }, { name: 'Bob' }] },
      },
    });
  });

  it('what the row decides: null where it is not of the other type', async () => {
    const { data, errors } = await world.ask('{ user(id: 3) { asStaff { salary } asGuest { nickname } } }');
    expect(errors).toEqual([]);
    expect(data).toEqual({ user: { asStaff: null, asGuest: { nickname: '~Cid' } } });
  });

  it('relations, connections and lists lead to a variant', async () => {
    const { data, errors, texts } = await world.ask(`{
      user(id: 1) { staffReports { nodes { __typename salary } totalCount } }
      other: user(id: 2) { staffBoss { __typename salary } }
      staff { __typename salary }
      staffPages(first: 1) { __typename edges { node { salary } } totalCount }
    }`);
    expect(errors).toEqual([]);
    expect(texts).toHaveLength(4);
    expect(data).toEqual({
      user: {
        staffReports: {
          nodes: [
            { __typename: 'Staff', salary: 5 },
            { __typename: 'Staff', salary: 2 },
          ],
          totalCount: 2,
        },
      },
      other: { staffBoss: { __typename: 'Staff', salary: 10 } },
      staff: [
        { __typename: 'Staff', salary: 10 },
        { __typename: 'Staff', salary: 5 },
      ],
      staffPages: { __typename: 'StaffConnection', edges: [{ node: { salary: 10 } }], totalCount: 2 },
    });
  });

  it('node tells the type by the id, and each type has its own', async () => {
    const ids = [id('User', 2), id('Staff', 2)];
    const { data, errors, texts } = await world.ask(
      `{ nodes(ids: ${JSON.stringify(ids)}) { __typename id ... on User { name asStaff { id } } ... on Staff { salary } } }`,
    );
    expect(errors).toEqual([]);
    expect(texts).toHaveLength(2);
    expect(data).toEqual({
      nodes: [
        { __typename: 'User', id: ids[0], name: 'Bob', asStaff: { id: ids[1] } },
        { __typename: 'Staff', id: ids[1], salary: 5 },
      ],
    });
  });

  it('an interface over the entity asks its rows which of its types they are', async () => {
    const { data, errors, texts } = await world.ask(
      '{ people { __typename name ... on Employee { salary } ... on Visitor { boss { __typename name } } } }',
    );
    expect(errors).toEqual([]);
    expect(texts).toHaveLength(1);
    expect(data).toEqual({
      people: [
        { __typename: 'Employee', name: 'Ada', salary: 10 },
        { __typename: 'Employee', name: 'Bob', salary: 5 },
        { __typename: 'Visitor', name: 'Cid', boss: { __typename: 'Employee', name: 'Bob' } },
        { __typename: 'Visitor', name: 'Eve', boss: null },
        { __typename: 'Visitor', name: 'Dee', boss: { __typename: 'Employee', name: 'Ada' } },
      ],
    });
  });

  it('a row that is known by its key is read as the type of its field', async () => {
    const { data, errors, texts } = await world.ask('{ knownGuest { __typename nickname } }');
    expect(errors).toEqual([]);
    expect(texts).toHaveLength(1);
    expect(data).toEqual({ knownGuest: { __typename: 'Guest', nickname: '~Bob' } });
  });

  it('no type of an entity shows a row that its policy hides', async () => {
    const { data, errors } = await world.ask(`{
      user(id: 1) { staffReports { totalCount nodes { salary } } }
      other: user(id: 5) { staffBoss { salary } }
      staff { salary }
      node(id: "${id('Staff', 4)}") { id }
    }`);
    expect(errors).toEqual([]);
    expect(data).toEqual({
      user: { staffReports: { totalCount: 2, nodes: [{ salary: 5 }, { salary: 2 }] } },
      other: { staffBoss: null },
      staff: [{ salary: 10 }, { salary: 5 }],
      node: null,
    });
  });
});
