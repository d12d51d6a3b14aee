import type { Executor } from '../database/client.ts';
import { jobProblems } from './errors.ts';

/** A job that is not done, without its payload. */
export interface ListedJob {
  readonly id: string;
  /** The tenant's slug. */
  readonly tenant: string;
  readonly job: string;
  readonly state: 'waiting' | 'running' | 'failed' | 'dead';
  readonly attempts: number;
  readonly enqueuedAt: Date;
  /** When it is tried next; of one that runs, when its lease ends. */
  readonly dueAt: Date;
  readonly lastError: string | null;
}

const STATE = `
  case when o.dead_at is not null then 'dead' when o.taken_at is not null and o.due_at > now() then 'running'
    when o.attempts > 0 then 'failed' else 'waiting' end`;

/** The jobs that are not done, or the dead letters alone, the oldest first. @param client as insula_owner */
export async function listJobs(
  client: Executor,
  { dead = false, most }: { readonly dead?: boolean; readonly most: number },
): Promise<ListedJob[]> {
  const { rows } = await client.query<ListedJob>(
    `select o.id, t.slug as tenant, o.job, ${STATE} as state, o.attempts, o.enqueued_at as "enqueuedAt",
       o.due_at as "dueAt", o.last_error as "lastError"
     from insula.outbox o join insula.tenant t on t.id = o.tenant
     where o.dead_at is not null or not $1
     order by o.id limit $2`,
    [dead, most],
  );
  return rows;
}

/**
 * Makes a job due now, with all its attempts before it: a dead letter, or one that waits after a failure.
 *
 * @param client as insula_owner
 * @throws Problem `JOB_NOT_FOUND`, `JOB_RUNNING`
 */
export async function retryJob(client: Executor, id: string): Promise<void> {
  const known = /^\d{1,18}$/.test(id)
    ? await client.query<{ state: ListedJob['state'] }>(
        `update insula.outbox o
         set attempts = case when s.state = 'running' then o.attempts else 0 end,
           due_at = case when s.state = 'running' then o.due_at else now() end,
           taken_at = case when s.state = 'running' then o.taken_at end,
           dead_at = null
         from (select o.id, ${STATE} as state from insula.outbox o where o.id = $1 for update) s
         where o.id = s.id
         returning s.state`,
        [id],
      )
    : { rows: [] };
  const [job] = known.rows;
  if (!job) throw jobProblems.JOB_NOT_FOUND(`There is no job ${JSON.stringify(id.slice(0, 40))}.`);
  if (job.state === 'running') throw jobProblems.JOB_RUNNING(`A worker has job ${id}.`);
}
