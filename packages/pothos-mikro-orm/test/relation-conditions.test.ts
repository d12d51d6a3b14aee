import { defineEntity } from '@mikro-orm/postgresql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSmallWorld, type SmallWorld } from './support/small-world.ts';

/** Relations that say something of their rows: a condition, an order, a filter that they leave out. */
const ShopSchema = defineEntity({
  name: 'Shop',
  properties: (p) => ({
    id: p.integer().primary(),
    name: p.text(),
    offers: () =>
      p
        .oneToMany(Offer)
        .mappedBy('shop')
        .where({ price: { $gt: 0 } })
        .orderBy({ price: 'desc' }),
    all: () => p.oneToMany(Offer).mappedBy('shop').filters({ current: false }),
  }),
});
const OfferSchema = defineEntity({
  name: 'Offer',
  filters: { current: { name: 'current', cond: { past: false }, default: true } },
  properties: (p) => ({
    id: p.integer().primary(),
    price: p.integer(),
    past: p.boolean(),
    shop: () => p.manyToOne(Shop).ref(),
  }),
});
class Shop extends ShopSchema.class {}
ShopSchema.setClass(Shop);
class Offer extends OfferSchema.class {}
OfferSchema.setClass(Offer);

describe('what a relation says of its rows', () => {
  let world: SmallWorld;
  beforeAll(async () => {
    world = await createSmallWorld(
      [Shop, Offer],
      (builder) => {
        builder.entityObject(Shop, {
          fields: (t) => ({
            name: t.expose('name'),
            offers: t.relation('offers'),
            offerCount: t.relatedCount('offers'),
            all: t.relation('all'),
            allCount: t.relatedCount('all'),
          }),
        });
        builder.entityObject(Offer, { fields: (t) => ({ price: t.expose('price') }) });
        builder.queryType({
          fields: (t) => ({
            shops: t.entityField({
              type: [Shop],
              args: { price: t.arg.int() },
              resolve: (read, _root, { price }) =>
                read({ where: typeof price === 'number' ? { offers: { $some: { price } } } : {} }),
            }),
          }),
        });
      },
      {
        seed: `insert into shop values (1, 'a'), (2, 'b');
          insert into offer (id, price, past, shop_id) values (1, 5, false, 1), (2, 9, false, 1), (3, 7, true, 1), (4, 0, false, 2);`,
      },
    );
  });
  afterAll(() => world[Symbol.asyncDispose]());

  it('[DO] its condition and its order hold, and the filter that it leaves out does not', async () => {
    const { data, errors } = await world.ask(
      '{ shops { name offers { price } offerCount all { price } allCount } }',
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({
      shops: [
        {
          name: 'a',
          offers: [{ price: 9 }, { price: 5 }],
          offerCount: 2,
          all: [{ price: 5 }, { price: 9 }, { price: 7 }],
          allCount: 3,
        },
        { name: 'b', offers: [], offerCount: 0, all: [{ price: 0 }], allCount: 1 },
      ],
    });
  });

  it('[DO] also inside a condition', async () => {
    expect((await world.ask('{ shops(price: 0) { name } }')).data).toEqual({ shops: [] });
    expect((await world.ask('{ shops(price: 7) { name } }')).data).toEqual({ shops: [] });
    expect((await world.ask('{ shops(price: 9) { name } }')).data).toEqual({ shops: [{ name: 'a' }] });
  });
});
