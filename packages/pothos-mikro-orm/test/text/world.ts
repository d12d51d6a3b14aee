import { MikroORM } from '@mikro-orm/postgresql';
import { type ExecutionResult, execute, type GraphQLSchema, getOperationAST, parse, validate } from 'graphql';
import pg from 'pg';
import { ShapedText, textOperation, wasAbandoned } from '../../src/index.ts';
import { entities } from '../exactness/entities.ts';
import { seed } from '../exactness/seed.ts';
import { createEmptyDatabase } from '../support/database.ts';
import { type Context, createSchema } from './schema.ts';

/** How a reply was made: by resolvers, wholly or partly of SQL's text, or by resolvers after the text came to nothing. */
export type Way = 'resolvers' | 'text' | 'part' | 'abandoned';

/** The bytes of a reply's data, and its errors: those of several fields come in no order. */
export interface Reply {
  readonly data: string;
  /** Where a fault leaves no data at all, which others were seen before is a matter of time: only that there are some. */
  readonly errors: readonly string[] | 'some';
}

export interface WrittenReply {
  readonly reply: Reply;
  readonly way: Way;
}

export interface TextWorld extends AsyncDisposable {
  readonly orm: MikroORM;
  readonly schema: GraphQLSchema;
  /** A reply as the executor makes it. */
  ordinary(source: string, variables?: Variables, context?: Partial<Context>): Promise<Reply>;
  /** The same reply, with what SQL can write. */
  written(source: string, variables?: Variables, context?: Partial<Context>): Promise<WrittenReply>;
}

type Variables = Readonly<Record<string, unknown>>;

/** Rows full of edge values. */
export async function createTextWorld(schemaOf = createSchema): Promise<TextWorld> {
  const database = await createEmptyDatabase();
  const orm = new MikroORM({ clientUrl: database.url, entities, pool: { min: 0, max: 3 } });
  await orm.schema.create();
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await seed(client);
  await client.end();
  const schema = schemaOf(orm.getMetadata());
  const documents = new Map<string, ReturnType<typeof parse>>();
  const documentOf = (source: string) => {
    let document = documents.get(source);
    if (document) return document;
    document = parse(source);
    const [invalid] = validate(schema, document);
    if (invalid) throw invalid;
    documents.set(source, document);
    return document;
  };
  const contextOf = (more: Partial<Context>): Context => ({ em: orm.em.fork(), ...more });

  const ordinary: TextWorld['ordinary'] = async (source, variableValues = {}, context = {}) => {
    const contextValue = contextOf(context);
    return spell(await execute({ schema, document: documentOf(source), variableValues, contextValue }));
  };
  return {
    orm,
    schema,
    ordinary,
    async written(source, variableValues = {}, context = {}) {
      const document = documentOf(source);
      const node = getOperationAST(document);
      if (!node) throw new Error('There is no operation.');
      const operation = textOperation(schema, document, node);
      const contextValue = contextOf(context);
      if (!operation?.allows(contextValue)) {
        return { reply: await ordinary(source, variableValues, context), way: 'resolvers' };
      }
      const { schema: replaced, document: leaves, whole } = operation;
      const result = await execute({ schema: replaced, document: leaves, variableValues, contextValue });
      if (wasAbandoned(contextValue)) {
        return { reply: await ordinary(source, variableValues, context), way: 'abandoned' };
      }
      return { reply: spell(result), way: whole ? 'text' : 'part' };
    },
    async [Symbol.asyncDispose]() {
      await orm.close();
      await database[Symbol.asyncDispose]();
    },
  };
}

/** A result as JSON, SQL's text put in as it is. */
function spell({ data, errors = [] }: ExecutionResult): Reply {
  const members = Object.entries(data ?? {}).map(
    ([key, value]) =>
      `${JSON.stringify(key)}:${value instanceof ShapedText ? value.text : JSON.stringify(value)}`,
  );
  if (!data) return { data: 'null', errors: 'some' };
  return { data: `{${members.join(',')}}`, errors: errors.map((error) => JSON.stringify(error)).sort() };
}
