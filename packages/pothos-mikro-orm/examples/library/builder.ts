import type { MikroORM, SqlEntityManager } from '@mikro-orm/postgresql';
import SchemaBuilder from '@pothos/core';
import relay from '@pothos/plugin-relay';
import pothosMikroOrm from 'pothos-mikro-orm';

/** What a request's resolvers get: its EntityManager knows who reads. */
export interface Context {
  readonly em: SqlEntityManager;
  readonly reader: number;
}

export function createBuilder(orm: MikroORM) {
  const builder = new SchemaBuilder<{
    Context: Context;
    DefaultFieldNullability: false;
    Scalars: { Date: { Input: string; Output: string } };
  }>({
    plugins: [relay, pothosMikroOrm],
    defaultFieldNullability: false,
    relay: {},
    mikroOrm: { orm, em: ({ em }) => em, maxSize: 50 },
  });
  builder.scalarType('Date', { description: 'A day: 2026-11-25', serialize: (day) => day });
  builder.queryType({});
  builder.mutationType({});
  return builder;
}

export type Builder = ReturnType<typeof createBuilder>;
