// Starts the library: npm run example. DATABASE_URL names an empty database; without it there is one that lasts as long
// as the process.
import { startPostgres } from '../../test/support/postgres.ts';
import { createLibrary } from './server.ts';

const database = process.env.DATABASE_URL ?? (await startPostgres()).url;
const { server } = await createLibrary(database);
server.listen(Number(process.env.PORT ?? 4000), () => {
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  process.stdout.write(`http://localhost:${port}/graphql\n`);
});
