// Mercurius with its JIT, its loaders, and SQL by hand: named statements, qualified with the tenant's schema, because
// one that is not would be planned anew whenever a connection changes to another tenant.
import Fastify from 'fastify';
import mercurius from 'mercurius';
import pg from 'pg';
import { openDuties, Refused, setting } from '../duties.ts';
import { loaders, resolvers, schema } from './api.js';
import { openSession } from './session.js';

// Dates as they are: the API shows days, not moments.
pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text);
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

const admit = await openDuties();
const pool = new pg.Pool({
  connectionString: setting('DATABASE_URL'),
  max: Number(setting('POOL')),
  idleTimeoutMillis: 0,
});

const app = Fastify({ logger: false });
app.register(mercurius, {
  schema,
  resolvers,
  loaders,
  jit: 1,
  graphiql: false,
  path: '/graphql',
  context: async ({ headers }) => {
    try {
      return { tenant: await admit(headers) };
    } catch (error) {
      if (error instanceof Refused) throw new mercurius.ErrorWithProps(error.message, {}, 401);
      throw error;
    }
  },
});
await app.ready();
// Mercurius has no hook around an operation: its way is to begin before, and to commit before the reply.
app.graphql.addHook('preExecution', async (_schema, document, context) => {
  const { operation } = document.definitions[0];
  context.session = await openSession(pool, context.tenant, operation === 'query');
});
app.graphql.addHook('onResolution', async (execution, context) => {
  await context.session?.close(!execution.errors?.length);
});
await app.listen({ port: Number(setting('PORT')), host: '127.0.0.1' });
