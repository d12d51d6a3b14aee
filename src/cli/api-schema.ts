import type { GraphQLSchema } from 'graphql';
import { PostgresDialect } from 'kysely';
import { readSettings } from '../config.ts';
import { createModuleOrm, createModuleSchema } from '../schema.ts';
import type { Cli } from './cli.ts';

/** The schema that the command line's modules make together. Needs no database. */
export function apiSchema({ modules, environment }: Cli): GraphQLSchema {
  const settings = readSettings(environment, 'development');
  const dialect = new PostgresDialect({
    pool: () => Promise.reject(new Error('Making the schema asks no database.')),
  });
  return createModuleSchema(modules, createModuleOrm(modules, { dialect }), {
    defaultPageSize: settings.INSULA_PAGE_SIZE,
    maxPageSize: settings.INSULA_MAX_PAGE_SIZE,
  });
}
