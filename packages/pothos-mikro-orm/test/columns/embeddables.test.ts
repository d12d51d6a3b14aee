import { defineEntity } from '@mikro-orm/postgresql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSmallWorld, type SmallWorld } from '../support/small-world.ts';

const GeoSchema = defineEntity({
  name: 'Geo',
  embeddable: true,
  properties: (p) => ({ lat: p.double(), seenAt: p.datetime().nullable(), serial: p.bigint().nullable() }),
});
const AddressSchema = defineEntity({
  name: 'Address',
  embeddable: true,
  properties: (p) => ({ street: p.text(), zip: p.text().nullable(), geo: () => p.embedded(Geo).nullable() }),
});
const AnimalSchema = defineEntity({
  name: 'Animal',
  embeddable: true,
  abstract: true,
  discriminatorColumn: 'kind',
  properties: (p) => ({ kind: p.enum(['cat', 'dog'] as const), name: p.text() }),
});
const CatSchema = defineEntity({
  name: 'Cat',
  embeddable: true,
  extends: AnimalSchema,
  discriminatorValue: 'cat',
  properties: (p) => ({ lives: p.integer().nullable() }),
});
const DogSchema = defineEntity({
  name: 'Dog',
  embeddable: true,
  extends: AnimalSchema,
  discriminatorValue: 'dog',
  properties: (p) => ({ barksAt: p.datetime().nullable() }),
});
class Geo extends GeoSchema.class {}
GeoSchema.setClass(Geo);
class Address extends AddressSchema.class {}
AddressSchema.setClass(Address);
class Animal extends AnimalSchema.class {}
AnimalSchema.setClass(Animal);
class Cat extends CatSchema.class {}
CatSchema.setClass(Cat);
class Dog extends DogSchema.class {}
DogSchema.setClass(Dog);

const OwnerSchema = defineEntity({
  name: 'Owner',
  properties: (p) => ({
    id: p.integer().primary(),
    home: () => p.embedded(Address),
    work: () => p.embedded(Address).nullable(),
    stored: () => p.embedded(Address).object().nullable(),
    places: () => p.embedded(Address).array().nullable(),
    pet: () => p.embedded([Cat, Dog]).nullable(),
    storedPet: () => p.embedded([Cat, Dog]).object().nullable(),
    pets: () => p.embedded([Cat, Dog]).array().nullable(),
  }),
});
class Owner extends OwnerSchema.class {}
OwnerSchema.setClass(Owner);

const names = ['home', 'work', 'stored', 'places', 'pet', 'storedPet', 'pets'] as const;

describe('embeddables', () => {
  let world: SmallWorld;
  const seen: Record<string, unknown>[] = [];
  beforeAll(async () => {
    world = await createSmallWorld([Geo, Address, Animal, Cat, Dog, Owner], (builder) => {
      builder.entityObject(Owner, {
        fields: (t) => ({
          probe: t.field({
            type: 'Boolean',
            select: names,
            resolve: (row) => {
              seen.push(row);
              return true;
            },
          }),
          street: t.field({ type: 'String', select: ['home'], resolve: ({ home }) => home.street }),
        }),
      });
      builder.queryType({
        fields: (t) => ({
          owners: t.entityField({ type: [Owner], resolve: (read) => read({ orderBy: { id: 'asc' } }) }),
          byZip: t.entityField({
            type: [Owner],
            resolve: (read) =>
              read({ where: { home: { zip: { $ne: null } } }, orderBy: { home: { street: 'desc' } } }),
          }),
        }),
      });
    });
    const em = world.orm.em.fork();
    const geo = { lat: 48.2, seenAt: new Date('2026-01-01T00:00:00.123Z'), serial: 9007199254740993n };
    const moved = new Date('2026-02-03T04:05:06Z');
    em.create(Owner, {
      id: 1,
      home: { street: 'A', zip: '1', geo },
      work: { street: 'B', zip: null, geo: null },
      stored: { street: 'C', zip: null, geo },
      places: [
        { street: 'D', geo: null },
        { street: 'E', zip: '2', geo },
      ],
      pet: { kind: 'cat', name: 'Tom', lives: 9 },
      storedPet: { kind: 'dog', name: 'Rex', barksAt: moved },
      pets: [
        { kind: 'dog', name: 'Fido', barksAt: moved },
        { kind: 'cat', name: 'Kit', lives: null },
      ],
    });
    em.create(Owner, { id: 2, home: { street: 'F' }, places: [], pets: [] });
    em.create(Owner, {
      id: 3,
      home: { street: 'G', zip: '' },
      pet: { kind: 'dog', name: 'Bo', barksAt: null },
    });
    await em.flush();
  });
  afterAll(() => world[Symbol.asyncDispose]());

  it('inline, as JSON, in arrays, nested and polymorphic have the values that hydration gives', async () => {
    seen.length = 0;
    const { errors, texts } = await world.ask('{ owners { probe } }');
    expect(errors).toEqual([]);
    expect(texts).toHaveLength(1);
    const entities = await world.orm.em.fork().find(Owner, {}, { orderBy: { id: 'asc' } });
    const plain = (value: unknown): unknown => {
      if (value instanceof Date || value === null || typeof value !== 'object') return value ?? null;
      if (Array.isArray(value)) return value.map(plain);
      return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]));
    };
    for (const name of names) {
      expect({ name, values: seen.map((row) => plain(row[name])) }).toEqual({
        name,
        values: entities.map((entity) => plain(entity[name])),
      });
    }
  });

  it('are read column by column, found and ordered by what is in them', async () => {
    const { data, errors, texts } = await world.ask('{ byZip { street } }');
    expect(errors).toEqual([]);
    expect(texts).toHaveLength(1);
    expect(texts[0]).not.toContain('"places"');
    expect(data).toEqual({ byZip: [{ street: 'G' }, { street: 'A' }] });
  });
});
