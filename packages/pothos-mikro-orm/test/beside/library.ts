// A small library, for the tests of what the plugin does beside others: each builds a schema of its own over it.
import { defineEntity, MikroORM, type Platform, Type } from '@mikro-orm/postgresql';
import type { SchemaTypes } from '@pothos/core';
import type { GraphQLSchema } from 'graphql';
import { executeWithKysely, type MikroOrmOptions } from '../../src/index.ts';
import { createEmptyDatabase } from '../support/database.ts';

/** A column that counts how often it was read: as an encrypted one, whose decryption is dear. */
export class CountedType extends Type<string, string> {
  static decoded = 0;
  override convertToJSValue(value: string, _platform: Platform): string {
    CountedType.decoded += 1;
    return value;
  }
  override getColumnType() {
    return 'text';
  }
}

const AuthorSchema = defineEntity({
  name: 'Author',
  filters: { living: { name: 'living', cond: { gone: false }, default: true } },
  properties: (p) => ({
    id: p.integer().primary(),
    name: p.text(),
    phone: p.type(CountedType).nullable(),
    gone: p.boolean().default(false),
    books: () => p.oneToMany(Book).mappedBy('author'),
  }),
});
const BookSchema = defineEntity({
  name: 'Book',
  properties: (p) => ({
    id: p.integer().primary(),
    title: p.text(),
    price: p.integer(),
    author: () => p.manyToOne(Author).ref(),
  }),
});
export class Author extends AuthorSchema.class {}
AuthorSchema.setClass(Author);
export class Book extends BookSchema.class {}
BookSchema.setClass(Book);

const seed = `
  insert into author (id, name, phone, gone) values (1, 'Ursula', '11', false), (2, 'Iain', '22', false), (3, 'Nobody', '33', true);
  insert into book (id, title, price, author_id) values (1, 'The Dispossessed', 10, 1), (2, 'The Lathe of Heaven', 8, 1),
    (3, 'Excession', 9, 2), (4, 'Withdrawn', 1, 3);`;

/** What a test's own context type begins with. */
export interface LibraryContext {
  readonly em: MikroORM['em'];
}

/** The plugin's options, for the test's builder. */
export type LibraryOptions = Pick<
  MikroOrmOptions<{ Context: LibraryContext } & SchemaTypes>,
  'orm' | 'em' | 'execute'
>;

export interface Library extends AsyncDisposable {
  readonly schema: GraphQLSchema;
  /** The statements that were sent since the last time. */
  takeStatements(): readonly string[];
  em(): MikroORM['em'];
}

/** The library in a database of its own, and the schema that `define` builds over it. */
export async function createLibrary(define: (options: LibraryOptions) => GraphQLSchema): Promise<Library> {
  const database = await createEmptyDatabase();
  const orm = new MikroORM({ clientUrl: database.url, entities: [Author, Book], pool: { min: 0, max: 2 } });
  await orm.schema.create();
  await orm.em.getConnection().executeDump(seed);
  const texts: string[] = [];
  const schema = define({
    orm,
    em: ({ em }) => em,
    execute: ({ em }, text, parameters) => {
      texts.push(text);
      return executeWithKysely(em, text, parameters);
    },
  });
  return {
    schema,
    takeStatements: () => texts.splice(0),
    em: () => orm.em.fork(),
    async [Symbol.asyncDispose]() {
      await orm.close();
      await database[Symbol.asyncDispose]();
    },
  };
}
