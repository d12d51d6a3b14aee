import { defineEntity } from '@mikro-orm/postgresql';
import { execute, getOperationAST, parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ShapedText, textOperation } from '../../src/index.ts';
import { createSmallWorld, type SmallWorld } from '../support/small-world.ts';

const AnimalSchema = defineEntity({
  name: 'Animal',
  inheritance: 'tpt',
  filters: { alive: { name: 'alive', cond: { dead: false }, default: true } },
  properties: (p) => ({ id: p.integer().primary(), name: p.text(), dead: p.boolean().default(false) }),
});
const DogSchema = defineEntity({
  name: 'Dog',
  extends: AnimalSchema,
  properties: (p) => ({ tricks: p.integer(), friend: () => p.oneToOne(Dog).ref().nullable() }),
});
class Animal extends AnimalSchema.class {}
AnimalSchema.setClass(Animal);
class Dog extends DogSchema.class {}
DogSchema.setClass(Dog);

describe('rows whose columns are in several tables, shown as one of several types', () => {
  let world: SmallWorld;
  beforeAll(async () => {
    world = await createSmallWorld([Animal, Dog], (builder) => {
      const Friend = builder.entityObject(Dog, {
        name: 'Friend',
        variant: true,
        fields: (t) => ({ name: t.expose('name') }),
      });
      builder.entityObject(Dog, {
        fields: (t) => ({
          key: t.expose('id'),
          name: t.expose('name'),
          tricks: t.expose('tricks'),
          friend: t.relation('friend', { type: Friend }),
          friendOf: t.inverseOne(Dog, 'friend'),
        }),
      });
      builder.queryType({
        fields: (t) => ({
          dogs: t.entityField({
            type: [Dog],
            nullable: true,
            resolve: (read) => read({ orderBy: { name: 'desc' } }),
          }),
          pages: t.entityConnection({
            type: Dog,
            nullable: true,
            query: () => ({ where: { tricks: { $gt: 0 } } }),
          }),
        }),
      });
    });
    await world.orm.em.getConnection().executeDump(`
      insert into animal (id, name, dead) values (1, 'Rex', false), (2, 'Ace', false), (3, 'Old', true);
      insert into dog (id, tricks, friend_id) values (1, 3, 2), (2, 0, 3), (3, 9, null);`);
  });
  afterAll(() => world[Symbol.asyncDispose]());

  it.each([
    '{ dogs { key name tricks friend { __typename name } friendOf { name tricks } } }',
    '{ pages(first: 1) { totalCount edges { cursor node { name friend { name } } } pageInfo { hasNextPage } } }',
  ])('are written as they are resolved: %s', async (source) => {
    const document = parse(source);
    const node = getOperationAST(document);
    const operation = node && textOperation(world.schema, document, node);
    if (!operation) throw new Error('It is not written.');
    const contextValue = { em: world.orm.em.fork() };
    const { data, errors } = await execute({ ...operation, contextValue });
    const [[key, text] = []] = Object.entries(data ?? {});
    expect(errors).toBeUndefined();
    expect(text).toBeInstanceOf(ShapedText);
    const written = text instanceof ShapedText ? `{"${key}":${text.text}}` : '';
    expect(written).toContain('Rex');
    expect(written).toBe(JSON.stringify((await world.ask(source)).data));
  });
});
