import { MikroORM } from '@mikro-orm/postgresql';
import type { GraphQLSchema } from 'graphql';
import pg from 'pg';
import { afterAll, beforeAll } from 'vitest';
import type { SplittingLimits } from '../../src/plan/splitting.ts';
import { createEmptyDatabase, type EmptyDatabase } from '../support/database.ts';
import { entities, roots } from './entities.ts';
import { everythingSchema } from './schema.ts';
import { seed } from './seed.ts';
import { Trees } from './trees.ts';

export interface ZoneWorld {
  readonly orm: MikroORM;
  readonly schema: GraphQLSchema;
  readonly trees: Trees;
  split(limits: SplittingLimits): void;
}

/** Time zones of the process and of the database's sessions. */
export const zones = [
  { process: 'UTC', session: 'UTC' },
  { process: 'America/St_Johns', session: 'Asia/Kathmandu' },
  { process: 'Asia/Kathmandu', session: 'America/St_Johns' },
] as const;

/** When relations are batched: never, as the plugin has it, soon, always. */
export const splittings: readonly SplittingLimits[] = [
  { rows: Number.POSITIVE_INFINITY, wideParents: Number.POSITIVE_INFINITY, unstated: 10 },
  { rows: 1000, wideParents: 100, unstated: 10 },
  { rows: 40, wideParents: 5, unstated: 10 },
  { rows: 0, wideParents: 0, unstated: 10 },
];

/** How often a property is tried: `EXACTNESS_RUNS` for a long run. */
export const runs = (usual: number): number => Number(process.env.EXACTNESS_RUNS ?? usual);

/** Everything of `entities.ts` in a database of its own, seen from a time zone; gone with the tests. */
export function useZone(zone: { readonly process: string; readonly session: string }): {
  readonly current: ZoneWorld;
} {
  const zoneBefore = process.env.TZ;
  let database: EmptyDatabase | undefined;
  let world: ZoneWorld | undefined;
  beforeAll(async () => {
    process.env.TZ = zone.process;
    database = await createEmptyDatabase();
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    // For all connections from now on.
    await client.query(
      `do $$ begin execute format('alter database %I set timezone = %L', current_database(), '${zone.session}'); end $$`,
    );
    const orm = new MikroORM({ clientUrl: database.url, entities, pool: { min: 0, max: 3 } });
    await orm.schema.create();
    await seed(client);
    await client.end();
    const trees = new Trees(orm.getMetadata());
    const everything = everythingSchema(
      orm.getMetadata(),
      roots.map((root) => trees.of(root)),
    );
    world = { orm, trees, ...everything };
  });
  afterAll(async () => {
    await world?.orm.close();
    await database?.[Symbol.asyncDispose]();
    if (zoneBefore === undefined) delete process.env.TZ;
    else process.env.TZ = zoneBefore;
  });
  return {
    get current() {
      if (!world) throw new Error('The world is made before the tests, not while they are collected.');
      return world;
    },
  };
}
