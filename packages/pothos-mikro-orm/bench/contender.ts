import type { execute, GraphQLSchema, parse } from 'graphql';
import type { compileQuery } from 'graphql-jit';
import type { Connection } from './postgres.ts';

/** One of those who are compared: a schema over the same data, and its connection. */
export interface Contender {
  readonly schema: GraphQLSchema;
  /** From the copy of the library that the schema was made with. */
  readonly graphql: {
    readonly parse: typeof parse;
    readonly execute: typeof execute;
    readonly compileQuery: typeof compileQuery;
  };
  /** A new context, for each request. */
  context(): object;
  /** The process of PostgreSQL that serves it. */
  readonly backend: number;
  close(): Promise<void>;
}

export type CreateContender = (connection: Connection) => Promise<Contender>;
