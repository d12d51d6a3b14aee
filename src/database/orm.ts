import {
  type AnyEntity,
  DriverException,
  type EntityClass,
  type EntityData,
  type EntityName,
  type FindOptions,
  helper,
  isRaw,
  type LockOptions,
  type LoggingOptions,
  MikroORM,
  NativeQueryBuilder,
  type ObjectQuery,
  type Options,
  PostgreSqlConnection,
  PostgreSqlDriver,
  type PostgreSqlPlatform,
  type QueryResult,
  type RawQueryFragment,
  raw,
  type Transaction,
} from '@mikro-orm/postgresql';
import { CompiledQuery, type Dialect } from 'kysely';
import { DatabaseError } from 'pg';
import { assertOrderable } from './assert-orderable.ts';
import { bind } from './bind.ts';
import { MAX_PARAMETERS } from './wire/values.ts';

export interface OrmOptions {
  readonly entities: EntityClass<AnyEntity>[];
  /** Of a `TenantDatabase`. */
  readonly dialect: Dialect;
  /** MikroORM's global filters. @default none */
  readonly filters?: Options['filters'];
}

/**
 * MikroORM over the transactions of tenants. Reads the entities' metadata; opens no connection. Entities with the
 * schema `*` are named without one in SQL: the session's search path says whose they are.
 */
export function createOrm({ entities, dialect, filters }: OrmOptions): MikroORM {
  const orm = new MikroORM({
    driver: BindingDriver,
    driverOptions: dialect,
    // The name of no database: the dialect knows where it is.
    dbName: 'insula',
    entities,
    // Its log of statements would have their values.
    debug: false,
    ...(filters && { filters }),
    ensureDatabase: false,
    schemaGenerator: { ignoreTriggers: true },
  });
  // Each fork sets an option for a moment, twice, and after each the process's environment is written and loggers are set
  // up anew (MikroORM 7.2.1): half of what a fork costs. No option of ours changes once it is made.
  Object.assign(orm.config, { sync: () => undefined });
  return orm;
}

/** Sends values as parameters, where MikroORM's own connection writes them into the text. */
class BindingConnection extends PostgreSqlConnection {
  declare protected platform: PostgreSqlPlatform;

  override async execute<T extends QueryResult | EntityData<AnyEntity> | EntityData<AnyEntity>[]>(
    query: string | NativeQueryBuilder | RawQueryFragment,
    params: readonly unknown[] | Record<string, unknown> = [],
    method: 'all' | 'get' | 'run' = 'all',
    ctx?: Transaction,
    logging?: LoggingOptions,
  ): Promise<T> {
    const statement = statementOf(query, params);
    if (statement.params.length > MAX_PARAMETERS) return super.execute(query, params, method, ctx, logging);
    await this.ensureConnection();
    const { text, values } = bind(this.platform, statement.sql, statement.params);
    const run = async () => {
      const result = await (ctx ?? this.getClient()).executeQuery(CompiledQuery.raw(text, values));
      return this.transformRawResult<T>(result, method);
    };
    return this.executeQuery(text, run, { ...logging, query: text, params: values });
  }

  override async *stream<T extends EntityData<AnyEntity>>(
    query: string | NativeQueryBuilder | RawQueryFragment,
    params: readonly unknown[] | Record<string, unknown> = [],
    ctx?: Transaction,
    logging?: LoggingOptions,
    chunkSize = 100,
  ): AsyncIterableIterator<T> {
    const statement = statementOf(query, params);
    await this.ensureConnection();
    const { text, values } = bind(this.platform, statement.sql, statement.params);
    this.logQuery(text, { ...logging, query: text, params: values });
    const executor = (ctx ?? this.getClient()).getExecutor();
    for await (const portion of executor.stream(CompiledQuery.raw(text, values), chunkSize)) {
      yield* this.transformRawResult<T[]>(portion, 'all');
    }
  }
}

class BindingDriver extends PostgreSqlDriver {
  protected override readonly connection = new BindingConnection(this.config);

  override find<
    Entity extends object,
    Populate extends string,
    Fields extends string,
    Exclude extends string,
  >(
    entityName: EntityName<Entity>,
    where: ObjectQuery<Entity>,
    options: FindOptions<Entity, Populate, Fields, Exclude> = {},
  ): Promise<EntityData<Entity>[]> {
    assertOrderable(this.metadata.get(entityName), options.orderBy);
    return super.find(entityName, where, options);
  }

  /** MikroORM 7.2.1 takes the schema `*` for a name here alone; an empty one leaves the table to the search path. */
  override lockPessimistic<T extends object>(entity: T, options: LockOptions): Promise<void> {
    const { schema } = helper(entity).__meta;
    return super.lockPessimistic(entity, schema === '*' ? { ...options, schema: '' } : options);
  }

  /** Only what the server says becomes an exception of MikroORM's; what the session throws stays what it is. */
  override convertException(exception: Error): DriverException {
    if (exception instanceof DatabaseError || exception instanceof DriverException) {
      return super.convertException(exception);
    }
    throw exception;
  }
}

function statementOf(
  query: string | NativeQueryBuilder | RawQueryFragment,
  params: readonly unknown[] | Record<string, unknown>,
): { sql: string; params: readonly unknown[] } {
  if (query instanceof NativeQueryBuilder) return query.toRaw();
  if (isRaw(query)) return query;
  // Named parameters: MikroORM's `raw` knows them.
  return Array.isArray(params) ? { sql: query, params } : raw(query, params);
}
