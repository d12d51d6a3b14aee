import { defineEntity } from '@mikro-orm/postgresql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSmallWorld, type SmallWorld } from '../support/small-world.ts';

const PersonSchema = defineEntity({
  name: 'Person',
  properties: (p) => ({
    id: p.integer().primary(),
    name: p.text(),
    salary: p.integer(),
    staff: p.boolean(),
    boss: () => p.manyToOne(Person).ref().nullable(),
    reports: () => p.oneToMany(Person).mappedBy('boss'),
  }),
});
class Person extends PersonSchema.class {}
PersonSchema.setClass(Person);

const CompanySchema = defineEntity({
  name: 'Company',
  properties: (p) => ({ id: p.integer().primary(), name: p.text() }),
});
class Company extends CompanySchema.class {}
CompanySchema.setClass(Company);

describe('rows that a resolver has from elsewhere, where an entity has several types', () => {
  let world: SmallWorld;
  beforeAll(async () => {
    world = await createSmallWorld(
      [Person, Company],
      (builder) => {
        const row = (id: number, known = {}) => builder.entityRow(Person, { id, ...known });
        const Staff = builder.entityNode(Person, {
          name: 'Staff',
          variant: true,
          fields: (t) => ({ name: t.expose('name'), salary: t.expose('salary') }),
        });
        builder.entityNode(Person, {
          fields: (t) => ({
            name: t.expose('name'),
            staff: t.variant(Staff, { select: ['staff'], isNull: ({ staff }) => !staff }),
            reports: t.relation('reports', {
              args: { atMost: t.arg.int({ required: true }) },
              query: ({ atMost }) => ({ orderBy: { id: 'asc' }, limit: atMost }),
            }),
            // The row itself, by a resolver that knows nothing of variants.
            same: t.field({ type: Staff, resolve: (person) => person as never }),
          }),
        });
        builder.entityObject(Company, { fields: (t) => ({ name: t.expose('name') }) });
        const Somebody = builder.entityInterface(Person, {
          name: 'Somebody',
          variant: true,
          select: ['staff'],
          resolveType: ({ staff }) => (staff ? 'Employee' : 'Visitor'),
          fields: (t) => ({ name: t.expose('name') }),
        });
        for (const name of ['Employee', 'Visitor']) {
          builder.entityObject(Person, { name, variant: true, interfaces: [Somebody], fields: () => ({}) });
        }
        const Paid = builder.unionType('Paid', { types: [Staff, builder.entityRef(Company)] });
        builder.queryType({
          fields: (t) => ({
            person: t.entityField({
              type: Person,
              args: { id: t.arg.int({ required: true }) },
              resolve: (read, _root, { id }) => read({ key: id }),
            }),
            known: t.field({ type: builder.entityRef(Person), resolve: () => row(1) }),
            people: t.field({
              type: [builder.entityRef(Person)],
              resolve: () => new Set([Promise.resolve(row(1)), row(2)]) as never,
            }),
            anybody: t.field({ type: Somebody, resolve: () => row(1, { staff: true, name: 'known' }) }),
            paid: t.field({ type: [Paid], resolve: () => [row(1), builder.entityRow(Company, { id: 1 })] }),
            anyNode: t.field({ type: 'Node' as never, resolve: () => row(1, { name: 'known' }) as never }),
            wrong: t.field({ type: Person, resolve: () => builder.entityRow(Company, { id: 1 }) as never }),
          }),
        });
      },
      {
        seed: `insert into person (id, name, salary, staff, boss_id) values
          (1, 'Ada', 10, true, null), (2, 'Bob', 5, false, 1), (3, 'Cid', 1, false, 1), (4, 'Dan', 1, false, 2);
          insert into company values (1, 'Acme');`,
      },
    );
  });
  afterAll(() => world[Symbol.asyncDispose]());

  it('a row that is known by its key brings its other types along', async () => {
    const { data, errors, texts } = await world.ask(
      '{ known { name staff { __typename salary } reports(atMost: 1) { name staff { salary } } } }',
    );
    expect([errors, texts.length]).toEqual([[], 1]);
    expect(data).toEqual({
      known: {
        name: 'Ada',
        staff: { __typename: 'Staff', salary: 10 },
        reports: [{ name: 'Bob', staff: null }],
      },
    });
  });

  it('two fields that select the same key with other arguments share a statement, and each has its own', async () => {
    const { data, errors, texts } = await world.ask(
      '{ a: people { reports(atMost: 1) { name } } b: people { reports(atMost: 2) { name } } }',
    );
    expect([errors, texts.length]).toEqual([[], 1]);
    expect(data).toEqual({
      a: [{ reports: [{ name: 'Bob' }] }, { reports: [{ name: 'Dan' }] }],
      b: [{ reports: [{ name: 'Bob' }, { name: 'Cid' }] }, { reports: [{ name: 'Dan' }] }],
    });
  });

  it('a row is of the type of the field that gives it, whether it lacks something of it or not', async () => {
    const { data, errors, texts } = await world.ask(
      '{ person(id: 1) { name same { __typename name } } other: person(id: 1) { same { __typename salary } } }',
    );
    expect(errors).toEqual([]);
    expect(texts).toHaveLength(3);
    expect(data).toEqual({
      person: { name: 'Ada', same: { __typename: 'Staff', name: 'Ada' } },
      other: { same: { __typename: 'Staff', salary: 10 } },
    });
  });

  it('an interface asks a row that has all that is selected for its type, without a statement', async () => {
    const { data, errors, texts } = await world.ask('{ anybody { __typename name } }');
    expect([errors, texts.length]).toEqual([[], 0]);
    expect(data).toEqual({ anybody: { __typename: 'Employee', name: 'known' } });
  });

  it('a union of a variant and another entity tells them apart', async () => {
    const { data, errors, texts } = await world.ask(
      '{ paid { __typename ... on Staff { salary } ... on Company { name } } }',
    );
    expect([errors, texts.length]).toEqual([[], 2]);
    expect(data).toEqual({
      paid: [
        { __typename: 'Staff', salary: 10 },
        { __typename: 'Company', name: 'Acme' },
      ],
    });
  });

  it("an interface of many entities shows a row as the entity's own type, and loads nothing of its variants", async () => {
    const { data, errors, texts } = await world.ask(
      '{ anyNode { __typename ... on Person { name } ... on Staff { salary } } }',
    );
    expect([errors, texts.length]).toEqual([[], 0]);
    expect(data).toEqual({ anyNode: { __typename: 'Person', name: 'known' } });
  });

  it('a row of another entity is refused: its key is not taken for one of this', async () => {
    const { data, errors, texts } = await world.ask('{ wrong { name } }');
    expect([data, texts.length]).toEqual([null, 0]);
    expect(errors).toEqual([expect.stringContaining('Expected value of type "Person"')]);
  });
});
