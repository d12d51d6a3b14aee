import type pg from 'pg';

const TABLES = 'customer, invoice, invoice_line, payment';
const CATALOGS =
  'pg_class, pg_attribute, pg_depend, pg_constraint, pg_index, pg_trigger, pg_proc, pg_namespace, pg_authid, pg_auth_members, pg_shdepend';
const EVERY = 500;

/**
 * What autovacuum would have done by the time that anybody asks: it is off, to stay out of the measurements.
 *
 * @param admin its search path is the tenant that was just filled
 * @param number of that tenant; the catalogs grow with it, and provisioning reads them
 */
export async function settle(admin: pg.ClientBase, number: number): Promise<void> {
  // Its look at the whole database, for the age of the oldest transaction, would take longer with every tenant.
  await admin.query(`vacuum (analyze, skip_database_stats) ${TABLES}`);
  if (number % EVERY === 0) await admin.query(`vacuum analyze ${CATALOGS}`);
}
