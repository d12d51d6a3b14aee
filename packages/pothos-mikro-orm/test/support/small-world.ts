import { type EntityClass, MikroORM, type Options } from '@mikro-orm/postgresql';
import SchemaBuilder from '@pothos/core';
import relay from '@pothos/plugin-relay';
import { execute, type GraphQLSchema, parse } from 'graphql';
import pothosMikroOrm, { executeWithKysely } from '../../src/index.ts';
import { createEmptyDatabase } from './database.ts';

export interface SmallContext {
  readonly em: MikroORM['em'];
}

export const createSmallBuilder = (orm: MikroORM, texts: string[]) =>
  new SchemaBuilder<{ Context: SmallContext; DefaultFieldNullability: false }>({
    plugins: [relay, pothosMikroOrm],
    defaultFieldNullability: false,
    relay: {},
    mikroOrm: {
      orm,
      em: ({ em }) => em,
      execute: ({ em }, text, parameters) => {
        texts.push(text);
        return executeWithKysely(em, text, parameters);
      },
    },
  });

export interface SmallWorld extends AsyncDisposable {
  readonly orm: MikroORM;
  readonly schema: GraphQLSchema;
  ask(source: string, em?: MikroORM['em']): Promise<{ data: unknown; errors: string[]; texts: string[] }>;
}

/** A few entities in a database of their own, with the tables that MikroORM makes for them. */
export async function createSmallWorld(
  entities: EntityClass[],
  define: (builder: ReturnType<typeof createSmallBuilder>) => void,
  { seed = '', ...options }: { seed?: string } & Partial<Options> = {},
): Promise<SmallWorld> {
  const database = await createEmptyDatabase();
  const orm = new MikroORM({ clientUrl: database.url, entities, pool: { min: 0, max: 2 }, ...options });
  await orm.schema.create();
  await orm.em.getConnection().executeDump(seed);
  const texts: string[] = [];
  const builder = createSmallBuilder(orm, texts);
  define(builder);
  const schema: GraphQLSchema = builder.toSchema();
  return {
    orm,
    schema,
    async ask(source, em = orm.em.fork()) {
      texts.length = 0;
      const { data, errors = [] } = await execute({ schema, document: parse(source), contextValue: { em } });
      return {
        data: JSON.parse(JSON.stringify(data ?? null)),
        errors: errors.map(({ message }) => message),
        texts: [...texts],
      };
    },
    async [Symbol.asyncDispose]() {
      await orm.close();
      await database[Symbol.asyncDispose]();
    },
  };
}
