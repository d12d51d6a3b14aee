import { readFileSync } from 'node:fs';
import { MikroORM } from '@mikro-orm/postgresql';
import { execute, type GraphQLSchema, parse, validate } from 'graphql';
import { executeWithKysely } from '../../src/index.ts';
import { createEmptyDatabase } from './database.ts';
import { entities } from './entities.ts';
import { type Context, createSchema, type Options } from './schema.ts';

/** What one document gave, and what it cost. */
export interface Answer {
  // biome-ignore lint/suspicious/noExplicitAny: the data of any document
  readonly data: any;
  readonly errors: readonly { message: string; code: unknown; status: unknown; path: string }[];
  readonly statements: readonly { readonly text: string; readonly parameters: readonly unknown[] }[];
}

export interface World extends AsyncDisposable {
  readonly orm: MikroORM;
  readonly schema: GraphQLSchema;
  /** Executes a document as a new request. */
  ask(source: string, variables?: Record<string, unknown>, context?: Partial<Context>): Promise<Answer>;
  /** A new EntityManager, whose caller may see confidential invoices or not. */
  em(clearance?: boolean): MikroORM['em'];
}

/** The example domain in a database of its own. */
export async function createWorld(options: Options = {}): Promise<World> {
  const database = await createEmptyDatabase();
  const orm = new MikroORM({ clientUrl: database.url, entities, pool: { min: 0, max: 4 } });
  await orm.em.getConnection().executeDump(readFileSync(new URL('./seed.sql', import.meta.url), 'utf8'));
  const log: { text: string; parameters: readonly unknown[] }[] = [];
  const schema = createSchema(orm, {
    execute: ({ em }: Context, text, parameters) => {
      log.push({ text, parameters });
      return executeWithKysely(em, text, parameters);
    },
    visible: (type, { denied }: Context) => !denied?.includes(type.name),
    allowed: (field, type, { denied }: Context) => !denied?.includes(`${type.name}.${field.name}`),
    ...options,
  });
  const em = (clearance = false) => {
    const fork = orm.em.fork();
    fork.setFilterParams('confidential', { clearance });
    return fork;
  };
  return {
    orm,
    schema,
    em,
    async ask(source, variables = {}, context = {}) {
      const document = parse(source);
      const [invalid] = validate(schema, document);
      if (invalid) throw invalid;
      log.length = 0;
      const contextValue = { em: em(), ...context };
      const { data, errors = [] } = await execute({
        schema,
        document,
        variableValues: variables,
        contextValue,
      });
      return {
        data: JSON.parse(JSON.stringify(data ?? null)),
        errors: errors.map(({ message, extensions, path }) => ({
          message,
          code: extensions.code,
          status: (extensions.http as { status?: number } | undefined)?.status,
          path: path?.join('.') ?? '',
        })),
        statements: [...log],
      };
    },
    async [Symbol.asyncDispose]() {
      await orm.close();
      await database[Symbol.asyncDispose]();
    },
  };
}
