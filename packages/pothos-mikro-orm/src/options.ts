import type { MetadataStorage } from '@mikro-orm/core';
import type { SqlEntityManager } from '@mikro-orm/sql';
import type { SchemaTypes } from '@pothos/core';
import type { GraphQLField, GraphQLObjectType } from 'graphql';
import type { ScalarTexts } from './shape/scalar-text.ts';
import type { GlobalIdText } from './shape/shaped-statement.ts';

/**
 * The builder's option `mikroOrm`.
 *
 * @example
 * new SchemaBuilder<{ Context: Context; DefaultFieldNullability: false }>({
 *   plugins: [relay, pothosMikroOrm],
 *   defaultFieldNullability: false,
 *   relay: {},
 *   mikroOrm: {
 *     orm,
 *     em: ({ em }) => em,
 *     maxSize: 200,
 *     scalars: { int8: 'String' },
 *     allowed: (field, _type, { roles }) => field.name !== 'email' || roles.includes('support'),
 *   },
 * });
 */
export interface MikroOrmOptions<Types extends SchemaTypes> {
  /** The ORM, for its metadata. It needs no connection while the schema is built. */
  orm?: { getMetadata(): MetadataStorage };
  /** The metadata itself, instead of `orm`. */
  metadata?: MetadataStorage;
  /** The request's EntityManager: its filters, their parameters and its transaction are used. */
  em: (context: Types['Context']) => SqlEntityManager;
  /**
   * Sends a statement with bound parameters (`$1` …) and gives the text of its one value, or null where there is no
   * row. @default `executeWithKysely`: through MikroORM's connection, inside the EntityManager's transaction if there is
   * one
   *
   * @example
   * const options: Pick<MikroOrmOptions<{ Context: Context } & SchemaTypes>, 'execute'> = {
   *   execute: async ({ em }, text, parameters) => {
   *     console.log(text);
   *     return executeWithKysely(em, text, parameters);
   *   },
   * };
   */
  execute?: (
    context: Types['Context'],
    text: string,
    parameters: readonly unknown[],
  ) => Promise<string | null>;
  /** Rows of a page when a client says nothing. @default 20 */
  defaultSize?: number;
  /** The most rows of a page, and of any list whose criteria have no limit of their own. @default 100 */
  maxSize?: number;
  /** The GraphQL scalar for a PostgreSQL type, as `{ timestamptz: 'DateTime' }`. @default see `defaultScalars` */
  scalars?: Readonly<Record<string, string>>;
  /**
   * How SQL writes what the application's scalars serialise, so that a reply can be taken from the database as it is.
   * @default GraphQL's own scalars and enums alone
   */
  texts?: ScalarTexts;
  /** SQL for a global id, of a type's name and the SQL of its key's text. @default global ids are made in JavaScript */
  globalIdText?: GlobalIdText;
  /**
   * Whether this caller may see the field, whatever the row. A field that is not allowed is neither loaded nor
   * decrypted; its resolver, if nothing else refuses it, gives an error with the code `FORBIDDEN`.
   * @default every field
   */
  allowed?: (
    field: GraphQLField<unknown, unknown>,
    type: GraphQLObjectType,
    context: Types['Context'],
  ) => boolean;
  /**
   * Whether `node` and `nodes` show this caller rows of the type, whichever row; a node type's own `visible` is asked
   * too. @default every type
   */
  visible?: (type: GraphQLObjectType, context: Types['Context']) => boolean;
}

export const defaultPageSize = 20;
export const defaultMaxSize = 100;
