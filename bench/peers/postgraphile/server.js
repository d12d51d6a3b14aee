// PostGraphile with one schema for all tenants: its documented way, unqualified names and a search_path per request.
import { createServer } from 'node:http';
import { postgraphile } from 'postgraphile';
import { makePgService } from 'postgraphile/adaptors/pg';
import { grafserv } from 'postgraphile/grafserv/node';
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber';
import { openDuties, setting } from '../duties.ts';

const admit = await openDuties();
const preset = {
  extends: [PostGraphileAmberPreset],
  // Without an index PostGraphile neither orders nor filters by a column; the other servers' lists do.
  disablePlugins: ['NodePlugin', 'PgIndexBehaviorsPlugin'],
  gather: { pgIdentifiers: 'unqualified' },
  schema: { defaultBehavior: '+connection +list', pgOrderByNullsLast: true },
  pgServices: [
    makePgService({
      connectionString: setting('DATABASE_URL'),
      superuserConnectionString: setting('ADMIN_URL'),
      schemas: [setting('INTROSPECTED_SCHEMA')],
      poolConfig: { max: Number(setting('POOL')), idleTimeoutMillis: 0 },
    }),
  ],
  grafast: {
    explain: false,
    context: async ({ node }) => {
      const { role, schema } = await admit(node.req.headers);
      return { pgSettings: { role, search_path: schema } };
    },
  },
  grafserv: { graphqlPath: '/graphql', graphiql: false, watch: false },
};

const server = createServer();
await postgraphile(preset).createServ(grafserv).addTo(server);
server.listen(Number(setting('PORT')), '127.0.0.1');
