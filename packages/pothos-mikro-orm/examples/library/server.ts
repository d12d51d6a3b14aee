import { createServer, type Server } from 'node:http';
import { MikroORM } from '@mikro-orm/postgresql';
import { createYoga } from 'graphql-yoga';
import { type Context, createBuilder } from './builder.ts';
import { catalogue } from './catalogue.ts';
import { entities } from './entities.ts';
import { loans } from './loans.ts';
import { seed } from './seed.ts';

export interface Library extends AsyncDisposable {
  readonly server: Server;
}

/** The library's API over an empty database, with some books in it. Who reads says the header `x-reader`. */
export async function createLibrary(databaseUrl: string): Promise<Library> {
  const orm = new MikroORM({ clientUrl: databaseUrl, entities });
  await orm.schema.create();
  await seed(orm.em.fork());
  const builder = createBuilder(orm);
  catalogue(builder);
  loans(builder);
  const yoga = createYoga({
    schema: builder.toSchema(),
    context: ({ request }): Context => {
      const reader = Number(request.headers.get('x-reader') ?? 1);
      // With `useContext` it knows of the transaction that a mutation opens.
      const em = orm.em.fork({ useContext: true });
      em.setFilterParams('own', { reader });
      return { em, reader };
    },
  });
  const server = createServer(yoga);
  return {
    server,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await orm.close();
    },
  };
}
