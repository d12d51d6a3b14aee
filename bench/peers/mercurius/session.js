/**
 * A transaction as the tenant's role: what opens it goes in one round trip.
 *
 * @param {import('pg').Pool} pool
 * @param {import('../duties.ts').Tenant} tenant
 * @param {boolean} readOnly
 */
export async function openSession(pool, { role, schema }, readOnly) {
  const client = await pool.connect();
  try {
    await client.query(
      `begin${readOnly ? ' read only' : ''}; set local role ${role}; set local search_path to ${schema}`,
    );
  } catch (error) {
    client.release(error);
    throw error;
  }
  return {
    schema,
    /** Rows of a named statement. */
    rows: async (name, text, values) =>
      (await client.query({ name: `${name} ${schema}`, text: text(schema), values })).rows,
    async close(keep) {
      try {
        await client.query(keep ? 'commit' : 'rollback');
        client.release();
      } catch (error) {
        client.release(error);
        throw error;
      }
    },
  };
}
