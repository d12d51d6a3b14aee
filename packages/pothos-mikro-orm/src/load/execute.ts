import type { SqlEntityManager } from '@mikro-orm/sql';
import { CompiledQuery, type QueryResult } from 'kysely';

interface Client {
  executeQuery(query: CompiledQuery): Promise<QueryResult<unknown>>;
}

/** Sends a statement through MikroORM's connection, in the EntityManager's transaction if there is one. */
export async function executeWithKysely(
  em: SqlEntityManager,
  text: string,
  parameters: readonly unknown[],
): Promise<string | null> {
  const client: Client = em.getTransactionContext<Client>() ?? em.getConnection().getClient();
  const { rows } = await client.executeQuery(CompiledQuery.raw(text, [...parameters]));
  const [row] = rows as { json: string | null }[];
  return row?.json ?? null;
}
