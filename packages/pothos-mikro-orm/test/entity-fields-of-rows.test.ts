import { defineEntity } from '@mikro-orm/postgresql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSmallWorld, type SmallWorld } from './support/small-world.ts';

const CountrySchema = defineEntity({
  name: 'Country',
  filters: { open: { name: 'open', cond: { closed: false }, default: true } },
  properties: (p) => ({ code: p.string().primary(), name: p.text(), closed: p.boolean().default(false) }),
});
/** Its country is a code in a column: no relation that the ORM knows of. */
const CitySchema = defineEntity({
  name: 'City',
  properties: (p) => ({ id: p.integer().primary(), name: p.text(), countryCode: p.string().nullable() }),
});
class Country extends CountrySchema.class {}
CountrySchema.setClass(Country);
class City extends CitySchema.class {}
CitySchema.setClass(City);

describe('rows that no relation leads to', () => {
  let world: SmallWorld;
  beforeAll(async () => {
    world = await createSmallWorld(
      [Country, City],
      (builder) => {
        builder.entityObject(Country, { fields: (t) => ({ name: t.expose('name') }) });
        builder.entityObject(City, {
          fields: (t) => ({
            name: t.expose('name'),
            country: t.entityField({
              type: Country,
              nullable: true,
              select: ['countryCode'],
              resolve: (read, { countryCode }) => (countryCode === null ? null : read({ key: countryCode })),
            }),
            neighbours: t.entityField({
              type: [City],
              select: ['countryCode'],
              resolve: (read, { id, countryCode }) =>
                read({ where: { countryCode, id: { $ne: id } }, orderBy: { id: 'asc' } }),
            }),
          }),
        });
        builder.queryType({
          fields: (t) => ({
            cities: t.entityField({ type: [City], resolve: (read) => read({ orderBy: { id: 'asc' } }) }),
            city: t.entityField({
              type: City,
              args: { id: t.arg.int({ required: true }) },
              resolve: (read, _root, { id }) => read({ key: id }),
            }),
          }),
        });
      },
      {
        seed: `insert into country values ('at', 'Austria', false), ('jp', 'Japan', false), ('xx', 'Nowhere', true);
          insert into city values (1, 'Wien', 'at'), (2, 'Graz', 'at'), (3, 'Kyoto', 'jp'), (4, 'Atlantis', null), (5, 'Hidden', 'xx');`,
      },
    );
  });
  afterAll(() => world[Symbol.asyncDispose]());

  it('by key: one statement for all rows of a list, whose columns come with them', async () => {
    const { data, errors, texts } = await world.ask('{ cities { name country { name } } }');
    expect(errors).toEqual([]);
    expect(texts).toHaveLength(2);
    expect(data).toEqual({
      cities: [
        { name: 'Wien', country: { name: 'Austria' } },
        { name: 'Graz', country: { name: 'Austria' } },
        { name: 'Kyoto', country: { name: 'Japan' } },
        { name: 'Atlantis', country: null },
        { name: 'Hidden', country: null },
      ],
    });
  });

  it('two aliases with other selections do not share theirs', async () => {
    const { data, errors, texts } = await world.ask(
      '{ cities { a: country { name } b: country { __typename } } }',
    );
    expect(errors).toEqual([]);
    expect(texts).toHaveLength(3);
    expect(data).toMatchObject({
      cities: [{ a: { name: 'Austria' }, b: { __typename: 'Country' } }, {}, {}, {}, {}],
    });
  });

  it('by criteria, with what is selected of them', async () => {
    const { data, errors, texts } = await world.ask(
      '{ city(id: 1) { neighbours { name country { name } } } }',
    );
    expect(errors).toEqual([]);
    expect(texts).toHaveLength(3);
    expect(data).toEqual({ city: { neighbours: [{ name: 'Graz', country: { name: 'Austria' } }] } });
  });
});
