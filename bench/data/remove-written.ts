import { asAdmin } from '../machine/database.ts';
import type { Places } from './prepare.ts';

/** The rows that were there from the beginning have ids of 2^16 milliseconds after 1970; those of today are above. */
const FIRST_OF_TODAY = '01000000-0000-0000-0000-000000000000';

/** Takes away what the create request wrote, so that the tables are as large for the next one as for this one. */
export async function removeWritten(places: Places): Promise<void> {
  for (const { url } of [places.insula, places.peers]) {
    await asAdmin(url, async (admin) => {
      await admin.query('set session_replication_role = replica');
      const { rows } = await admin.query<{ schema: string }>(
        `select schemaname as schema from pg_tables where tablename = 'invoice_line'`,
      );
      for (const { schema } of rows) {
        await admin.query(`
          delete from ${schema}.invoice_line where id > '${FIRST_OF_TODAY}';
          delete from ${schema}.invoice where id > '${FIRST_OF_TODAY}'`);
      }
      await admin.query('vacuum analyze');
    });
  }
}
