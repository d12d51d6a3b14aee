import { defineEntity, MikroORM } from '@mikro-orm/postgresql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSmallBuilder, createSmallWorld, type SmallWorld } from './support/small-world.ts';

const PersonSchema = defineEntity({
  name: 'Person',
  properties: (p) => ({
    id: p.integer().primary(),
    name: p.text(),
    pets: () => p.oneToMany(Animal).mappedBy('owner'),
  }),
});
const AnimalSchema = defineEntity({
  name: 'Animal',
  inheritance: 'tpt',
  filters: { alive: { name: 'alive', cond: { dead: false }, default: true } },
  properties: (p) => ({
    id: p.integer().primary(),
    name: p.text(),
    dead: p.boolean().default(false),
    owner: () => p.manyToOne(Person).ref().nullable(),
  }),
});
const DogSchema = defineEntity({
  name: 'Dog',
  extends: AnimalSchema,
  properties: (p) => ({ tricks: p.bigint(), friend: () => p.manyToOne(Dog).ref().nullable() }),
});
const PuppySchema = defineEntity({
  name: 'Puppy',
  extends: DogSchema,
  properties: (p) => ({ weeks: p.integer() }),
});
const CatSchema = defineEntity({
  name: 'Cat',
  extends: AnimalSchema,
  properties: (p) => ({ lives: p.integer() }),
});
class Person extends PersonSchema.class {}
PersonSchema.setClass(Person);
class Animal extends AnimalSchema.class {}
AnimalSchema.setClass(Animal);
class Dog extends DogSchema.class {}
DogSchema.setClass(Dog);
class Puppy extends PuppySchema.class {}
PuppySchema.setClass(Puppy);
class Cat extends CatSchema.class {}
CatSchema.setClass(Cat);

describe('a table for each class of a hierarchy', () => {
  let world: SmallWorld;
  beforeAll(async () => {
    world = await createSmallWorld([Person, Animal, Dog, Puppy, Cat], (builder) => {
      const AnimalRef = builder.entityInterface(Animal, {
        fields: (t) => ({ name: t.expose('name'), owner: t.relation('owner') }),
      });
      builder.entityNode(Dog, {
        interfaces: [AnimalRef],
        fields: (t) => ({
          tricks: t.field({ type: 'String', select: ['tricks'], resolve: ({ tricks }) => String(tricks) }),
          friend: t.relation('friend'),
          friends: t.inverse(Dog, 'friend'),
        }),
      });
      builder.entityObject(Puppy, { interfaces: [AnimalRef], fields: (t) => ({ weeks: t.expose('weeks') }) });
      builder.entityObject(Cat, { interfaces: [AnimalRef], fields: (t) => ({ lives: t.expose('lives') }) });
      builder.entityObject(Person, {
        fields: (t) => ({
          name: t.expose('name'),
          pets: t.relation('pets', { query: () => ({ orderBy: { name: 'asc' } }) }),
          petPages: t.relatedConnection('pets', { query: () => ({ orderBy: { name: 'desc' } }) }),
          dogCount: t.inverseCount(Dog, 'owner'),
        }),
      });
      builder.queryType({
        fields: (t) => ({
          animals: t.entityField({ type: [Animal], resolve: (read) => read({ orderBy: { id: 'asc' } }) }),
          dogs: t.entityField({
            type: [Dog],
            resolve: (read) =>
              read({
                where: {
                  name: { $in: ['Rex', 'Fido', 'Ghost'] },
                  $or: [{ tricks: { $gt: 1n } }, { owner: { name: 'Ada' } }],
                },
                orderBy: { name: 'desc' },
              }),
          }),
          people: t.entityField({ type: [Person], resolve: (read) => read({ orderBy: { id: 'asc' } }) }),
          owners: t.entityField({
            type: [Person],
            resolve: (read) => read({ where: { pets: { $some: { name: 'Ghost' } } } }),
          }),
        }),
      });
    });
    const em = world.orm.em.fork();
    const ada = em.create(Person, { id: 1, name: 'Ada' });
    const fido = em.create(Dog, { id: 2, name: 'Fido', tricks: 9007199254740993n, owner: ada });
    em.create(Dog, { id: 1, name: 'Rex', tricks: 1n, owner: ada, friend: fido });
    em.create(Cat, { id: 3, name: 'Tom', lives: 9, owner: ada });
    em.create(Puppy, { id: 4, name: 'Bit', tricks: 0n, weeks: 6 });
    em.create(Dog, {
      id: 5,
      name: 'Ghost',
      tricks: 7n,
      dead: true,
      owner: em.create(Person, { id: 2, name: 'Bob' }),
    });
    await em.flush();
  });
  afterAll(() => world[Symbol.asyncDispose]());

  it('each row is of its own class, in one statement', async () => {
    const { data, errors, texts } = await world.ask(`{ animals {
      __typename name owner { name } ... on Dog { tricks friend { name tricks } } ... on Cat { lives } ... on Puppy { weeks }
    } }`);
    expect(errors).toEqual([]);
    expect(texts).toHaveLength(1);
    const owner = { name: 'Ada' };
    expect(data).toEqual({
      animals: [
        {
          __typename: 'Dog',
          name: 'Rex',
          owner,
          tricks: '1',
          friend: { name: 'Fido', tricks: '9007199254740993' },
        },
        { __typename: 'Dog', name: 'Fido', owner, tricks: '9007199254740993', friend: null },
        { __typename: 'Cat', name: 'Tom', owner, lives: 9 },
        { __typename: 'Puppy', name: 'Bit', owner: null, weeks: 6 },
      ],
    });
  });

  it('conditions and orders take columns of the class and of those above it', async () => {
    const { data, errors, texts } = await world.ask('{ dogs { name friends { name } } }');
    expect(errors).toEqual([]);
    expect(texts).toHaveLength(1);
    expect(data).toEqual({
      dogs: [
        { name: 'Rex', friends: [] },
        { name: 'Fido', friends: [{ name: 'Rex' }] },
      ],
    });
  });

  it('relations, pages and counts lead to them; a hidden row is nowhere', async () => {
    const { data, errors, texts } = await world.ask(`{
      people { name pets { __typename name ... on Cat { lives } } petPages(first: 1) { totalCount nodes { name } } dogCount }
      owners { name }
    }`);
    expect(errors).toEqual([]);
    expect(texts).toHaveLength(2);
    expect(data).toEqual({
      people: [
        {
          name: 'Ada',
          pets: [
            { __typename: 'Dog', name: 'Fido' },
            { __typename: 'Dog', name: 'Rex' },
            { __typename: 'Cat', name: 'Tom', lives: 9 },
          ],
          petPages: { totalCount: 3, nodes: [{ name: 'Tom' }] },
          dogCount: 2,
        },
        { name: 'Bob', pets: [], petPages: { totalCount: 0, nodes: [] }, dogCount: 0 },
      ],
      owners: [],
    });
  });

  it('one of them by its global id', async () => {
    const id = (key: number) => Buffer.from(`Dog:${key}`).toString('base64');
    const { data, errors } = await world.ask(
      `{ nodes(ids: ["${id(2)}", "${id(3)}", "${id(5)}"]) { ... on Dog { name tricks owner { name } } } }`,
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({
      nodes: [{ name: 'Fido', tricks: '9007199254740993', owner: { name: 'Ada' } }, null, null],
    });
  });

  it('two classes with a column of one name are told when the schema is built', () => {
    const RootSchema = defineEntity({
      name: 'Root',
      inheritance: 'tpt',
      properties: (p) => ({ id: p.integer().primary() }),
    });
    const one = defineEntity({
      name: 'One',
      extends: RootSchema,
      properties: (p) => ({ size: p.integer() }),
    });
    const other = defineEntity({
      name: 'Other',
      extends: RootSchema,
      properties: (p) => ({ size: p.text() }),
    });
    const orm = new MikroORM({ dbName: 'never connected', entities: [RootSchema, one, other] });
    const builder = createSmallBuilder(orm, []);
    expect(() => builder.entityInterface(RootSchema.class, { fields: () => ({}) })).toThrow(
      'Two classes of Root have a column "size".',
    );
  });
});
