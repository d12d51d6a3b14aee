import { defineEntity } from '@mikro-orm/postgresql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSmallWorld, type SmallWorld } from '../support/small-world.ts';

const CitySchema = defineEntity({
  name: 'City',
  filters: { known: { name: 'known', cond: { secret: false }, default: true } },
  properties: (p) => ({
    id: p.uuid().primary(),
    name: p.text(),
    secret: p.boolean(),
    parent: () => p.manyToOne(City).ref().nullable(),
  }),
});
const EventSchema = defineEntity({
  name: 'Event',
  properties: (p) => ({ at: p.datetime().primary(), what: p.text() }),
});
class City extends CitySchema.class {}
CitySchema.setClass(City);
class Event extends EventSchema.class {}
EventSchema.setClass(Event);

const uuid = (n: number) => `00000000-0000-4000-8000-00000000000${n}`;

describe('rows by a list of keys', () => {
  let world: SmallWorld;
  beforeAll(async () => {
    world = await createSmallWorld(
      [City, Event],
      (builder) => {
        builder.entityObject(City, {
          fields: (t) => ({ name: t.expose('name'), parent: t.relation('parent') }),
        });
        builder.entityNode(Event, { fields: (t) => ({ what: t.expose('what') }) });
        builder.queryType({
          fields: (t) => ({
            cities: t.entityField({
              type: [City],
              nullable: { items: true, list: false },
              args: { ids: t.arg.stringList({ required: true }) },
              resolve: (read, _root, { ids }) => read({ keys: ids }),
            }),
            all: t.entityField({
              type: [City],
              nullable: true,
              args: { ids: t.arg.stringList({ required: true }) },
              resolve: (read, _root, { ids }) => read({ keys: ids }),
            }),
            events: t.entityField({
              type: [Event],
              resolve: (read) =>
                read({ keys: [new Date('2026-01-01T00:00:00.001Z'), new Date('2026-01-01T00:00:00Z')] }),
            }),
          }),
        });
      },
      {
        seed: `insert into city select ('00000000-0000-4000-8000-00000000000' || i)::uuid, 'city ' || i, i = 3,
            case when i > 1 then '00000000-0000-4000-8000-000000000001'::uuid end from generate_series(1, 4) i;
          insert into event values ('2026-01-01 00:00:00+00', 'new year'), ('2026-01-01 00:00:00.001+00', 'just after');`,
      },
    );
  });
  afterAll(() => world[Symbol.asyncDispose]());
  const list = (...ids: (string | number)[]) =>
    JSON.stringify(ids.map((id) => (typeof id === 'number' ? uuid(id) : id)));

  it('come in the order asked, with all that is selected, in one statement', async () => {
    const { data, errors, texts } = await world.ask(
      `{ cities(ids: ${list(4, 1, 4, uuid(2).toUpperCase())}) { name parent { name } } }`,
    );
    expect(errors).toEqual([]);
    expect(texts).toHaveLength(1);
    expect(data).toEqual({
      cities: [
        { name: 'city 4', parent: { name: 'city 1' } },
        { name: 'city 1', parent: null },
        { name: 'city 4', parent: { name: 'city 1' } },
        { name: 'city 2', parent: { name: 'city 1' } },
      ],
    });
  });

  it('a key of no row, of a hidden one or of none at all is null', async () => {
    const { data, errors, texts } = await world.ask(`{ cities(ids: ${list(3, 'nonsense', 9, 2)}) { name } }`);
    expect(errors).toEqual([]);
    expect(texts).toHaveLength(1);
    expect(data).toEqual({ cities: [null, null, null, { name: 'city 2' }] });
  });

  it('keys that can be none ask nothing of the database', async () => {
    const { data, texts } = await world.ask(
      `{ cities(ids: ${list('x', '')}) { name } none: cities(ids: []) { name } }`,
    );
    expect(data).toEqual({ cities: [null, null], none: [] });
    expect(texts).toEqual([]);
  });

  it('where every row is promised, a missing one is an error that says so', async () => {
    const { data, errors } = await world.ask(`{ all(ids: ${list(1, 3)}) { name } }`);
    expect(data).toEqual({ all: null });
    expect(errors).toEqual(['There is no such City, or it may not be seen.']);
  });

  it('more than maxSize at once are refused', async () => {
    const { errors, texts } = await world.ask(
      `{ all(ids: ${JSON.stringify(Array(101).fill(uuid(1)))}) { name } }`,
    );
    expect(errors).toEqual(['At most 100 keys at once.']);
    expect(texts).toEqual([]);
  });

  it('instants are told apart by their milliseconds, as keys and as global ids', async () => {
    const { data, errors } = await world.ask('{ events { id what } }');
    expect(errors).toEqual([]);
    const { events } = data as { events: { id: string; what: string }[] };
    expect(events.map(({ what }) => what)).toEqual(['just after', 'new year']);
    const again = await world.ask(
      `{ nodes(ids: ${JSON.stringify(events.map(({ id }) => id))}) { ... on Event { what } } }`,
    );
    expect(again.data).toEqual({ nodes: [{ what: 'just after' }, { what: 'new year' }] });
  });
});
