import { defineEntity, MikroORM } from '@mikro-orm/postgresql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSmallBuilder, createSmallWorld, type SmallWorld } from './support/small-world.ts';

const PersonSchema = defineEntity({
  name: 'Person',
  properties: (p) => ({ id: p.integer().primary(), name: p.text() }),
});
/** Points at its holder, who knows nothing of it; lost ones are hidden. */
const PassportSchema = defineEntity({
  name: 'Passport',
  filters: { kept: { name: 'kept', cond: { lost: false }, default: true } },
  properties: (p) => ({
    id: p.integer().primary(),
    number: p.text(),
    lost: p.boolean(),
    holder: () => p.oneToOne(Person).ref(),
    issuer: () => p.manyToOne(Person).ref().nullable(),
  }),
});
class Person extends PersonSchema.class {}
PersonSchema.setClass(Person);
class Passport extends PassportSchema.class {}
PassportSchema.setClass(Passport);

describe('a one-to-one relation from its other side', () => {
  let world: SmallWorld;
  beforeAll(async () => {
    world = await createSmallWorld(
      [Person, Passport],
      (builder) => {
        builder.entityObject(Person, {
          fields: (t) => ({
            name: t.expose('name'),
            passport: t.inverseOne(Passport, 'holder'),
            lostPassport: t.inverseOne(Passport, 'holder', {
              query: () => ({ filters: { kept: false }, where: { lost: true } }),
            }),
            issued: t.inverse(Passport, 'issuer'),
          }),
        });
        builder.entityObject(Passport, {
          fields: (t) => ({ number: t.expose('number'), holder: t.relation('holder') }),
        });
        builder.queryType({
          fields: (t) => ({
            people: t.entityField({ type: [Person], resolve: (read) => read({ orderBy: { id: 'asc' } }) }),
          }),
        });
      },
      {
        seed: `insert into person values (1, 'Ada'), (2, 'Bob'), (3, 'Cid');
          insert into passport values (1, 'P1', false, 1, 3), (2, 'P2', true, 2, 3);`,
      },
    );
  });
  afterAll(() => world[Symbol.asyncDispose]());

  it('is one row or null, and leads back', async () => {
    const { data, errors, texts } = await world.ask(
      '{ people { name passport { number holder { name } } } }',
    );
    expect(errors).toEqual([]);
    expect(texts).toHaveLength(1);
    expect(data).toEqual({
      people: [
        { name: 'Ada', passport: { number: 'P1', holder: { name: 'Ada' } } },
        { name: 'Bob', passport: null },
        { name: 'Cid', passport: null },
      ],
    });
  });

  it('has criteria of its own; a hidden row is none', async () => {
    const { data, errors } = await world.ask('{ people { lostPassport { number } issued { number } } }');
    expect(errors).toEqual([]);
    expect(data).toEqual({
      people: [
        { lostPassport: null, issued: [] },
        { lostPassport: { number: 'P2' }, issued: [] },
        { lostPassport: null, issued: [{ number: 'P1' }] },
      ],
    });
  });

  it('is no list, and a relation of many is no single row: told when the schema is built', () => {
    const orm = new MikroORM({ dbName: 'never connected', entities: [Person, Passport] });
    const build = (define: (builder: ReturnType<typeof createSmallBuilder>) => void) => () => {
      const builder = createSmallBuilder(orm, []);
      define(builder);
      return builder.toSchema();
    };
    expect(
      build((builder) =>
        builder.entityObject(Person, { fields: (t) => ({ p: t.inverse(Passport, 'holder') }) }),
      ),
    ).toThrow('Passport.holder is of one row only: its inverse is "inverseOne".');
    expect(
      build((builder) =>
        builder.entityObject(Person, { fields: (t) => ({ p: t.inverseOne(Passport, 'issuer') }) }),
      ),
    ).toThrow('Passport.issuer may be of many rows: its inverse is "inverse".');
  });
});
