import type pg from 'pg';

/** Runs `work` in a transaction: all of it is kept, or, when it throws or the connection breaks, nothing. */
export async function inTransaction<T>(client: pg.ClientBase, work: () => Promise<T>): Promise<T> {
  await client.query('begin');
  try {
    const result = await work();
    await client.query('commit');
    return result;
  } catch (error) {
    // On a broken connection the server has rolled back by itself; the first error is the one to tell.
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

/** Runs `work` on one of a pool's connections. The pool itself drops one that broke meanwhile. */
export async function onConnection<T>(
  pool: pg.Pool,
  work: (client: pg.ClientBase) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  try {
    return await work(client);
  } finally {
    client.release();
  }
}
