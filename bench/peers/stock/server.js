// Yoga, Pothos and MikroORM as their documentation has them: find and populate, a role per transaction through the
// session of a fork. What any of their users adds: a cache of verified tokens, the JIT.
import { createServer } from 'node:http';
import { useGraphQlJit } from '@envelop/graphql-jit';
import { MikroORM } from '@mikro-orm/postgresql';
import { createYoga } from 'graphql-yoga';
import { openDuties, setting } from '../duties.ts';
import { schema } from './api.js';
import { Customer, Invoice, InvoiceLine, Payment } from './entities.js';

const admit = await openDuties();
const orm = await MikroORM.init({
  entities: [Customer, Invoice, InvoiceLine, Payment],
  clientUrl: setting('DATABASE_URL'),
  pool: { min: 0, max: Number(setting('POOL')) },
  ensureDatabase: false,
});

/** Each operation is one transaction; a mutation that fails leaves nothing. */
const useTransaction = {
  onExecute({ args, executeFn, setExecuteFn }) {
    const { em } = args.contextValue;
    const readOnly = args.document.definitions[0].operation === 'query';
    setExecuteFn(async (executed) => {
      await em.begin({ readOnly });
      try {
        const result = await executeFn(executed);
        if (result.errors) await em.rollback();
        else await em.commit();
        return result;
      } catch (error) {
        await em.rollback();
        throw error;
      }
    });
  },
};

const yoga = createYoga({
  schema,
  // The transaction wraps what the JIT has put in the executor's place.
  plugins: [useGraphQlJit(), useTransaction],
  logging: 'error',
  graphiql: false,
  landingPage: false,
  cors: false,
  multipart: false,
  context: async ({ req }) => {
    const { role, schema: tenantSchema } = await admit(req.headers);
    const session = { role, variables: { search_path: tenantSchema } };
    return { em: orm.em.fork({ schema: tenantSchema, session }) };
  },
});
createServer(yoga).listen(Number(setting('PORT')), '127.0.0.1');
