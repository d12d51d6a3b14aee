import { type Sizes, slugOf } from '../data/sizes.ts';
import { ask, prepare, type Tokens } from '../load.ts';
import { asAdmin } from '../machine/database.ts';
import { makeRequests } from '../requests.ts';
import { type Surroundings, startServer } from '../servers.ts';

const REQUESTS = 200;
const COLUMN = 'customer alter column name type';

/**
 * Asks two tenants in turn on one connection, where a column of one of them has another type, as after a migration that
 * the other is still to get: PostgreSQL refuses a plan that was made for the other type.
 *
 * @returns how many replies had an error in them
 */
export async function errorsAcrossVersions(
  surroundings: Surroundings,
  tokens: Tokens,
): Promise<{ readonly requests: number; readonly errors: number }> {
  const { url } = surroundings.places.insula;
  const ahead = await asAdmin(url, async (admin) => {
    const { rows } = await admin.query<{ id: string }>('select id from insula.tenant where slug = $1', [
      slugOf(2),
    ]);
    return rows[0]?.id;
  });
  if (ahead === undefined) return { requests: 0, errors: 0 };
  const alter = (type: string) =>
    asAdmin(url, (admin) => admin.query(`set search_path = ${ahead}; alter table ${COLUMN} ${type}`));
  const sizes: Sizes = { tenants: 2, customers: 20, invoices: 40 };
  await using server = await startServer('insula', { ...surroundings, connections: 1 });
  const made = makeRequests('insula', () => 'deep', sizes, { count: REQUESTS, seed: 3 });
  let errors = 0;
  await alter('text');
  try {
    for (const prepared of await prepare(made, tokens)) {
      await ask(server.port, prepared).catch(() => errors++);
    }
  } finally {
    await alter('varchar(200)');
  }
  return { requests: REQUESTS, errors };
}
