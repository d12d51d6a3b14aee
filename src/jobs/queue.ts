import { readFileSync } from 'node:fs';
import pg from 'pg';
import type { ExpectedSchema } from '../tenancy/serving.ts';
import type { Tenant } from '../tenancy/tenant.ts';

/** A job that this worker has, until its lease ends. */
export interface TakenJob {
  readonly id: string;
  readonly job: string;
  readonly payload: unknown;
  /** 1 for the first. */
  readonly attempt: number;
  readonly tenant: Tenant;
}

/** What waits in the outbox. */
export interface Backlog {
  /** Jobs that can be run, or are being run. */
  readonly open: number;
  readonly dead: number;
  /** Seconds since the oldest open job of a tenant that is not suspended was written down; 0 when there is none. */
  readonly oldest: number;
}

export interface QueueOptions {
  /** Connection string of the worker's login. */
  readonly url: string;
  readonly maxConnections: number;
  /** The names of the jobs that can be taken; others wait for a worker that knows them. */
  readonly names: readonly string[];
  /** What the worker's modules expect of a tenant's schema. */
  readonly expected: ExpectedSchema;
  /** Milliseconds for which a job is this worker's. */
  readonly lease: number;
}

/** The outbox, as a worker uses it: a statement for each step, and no transaction that lasts. */
export interface Queue extends AsyncDisposable {
  take(most: number): Promise<TakenJob[]>;
  /** Makes the leases of these jobs last longer, those that were lost excepted. */
  renew(jobs: readonly TakenJob[]): Promise<void>;
  /** Its effects are there: the job is removed. */
  remove(job: TakenJob): Promise<void>;
  /** It failed; it is due again after some milliseconds, or never by itself. */
  fail(job: TakenJob, why: string, pause: number | 'dead'): Promise<void>;
  /** It was not to be run now, and that counts as no attempt. */
  putBack(job: TakenJob): Promise<void>;
  isActive(tenant: string): Promise<boolean>;
  /** Writes a daily job down for every tenant that did not have it on that day. @returns for how many */
  enqueueDaily(job: string, day: string): Promise<number>;
  backlog(): Promise<Backlog>;
}

const read = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8');
const TAKE = read('./take.sql');
const SCHEDULE = read('./schedule.sql');
// In each, who has lost the lease finds no row.
const RENEW = `
  update insula.outbox o set due_at = now() + $3 * interval '1 millisecond'
  from unnest($1::bigint[], $2::int[]) l (id, attempt)
  where o.id = l.id and o.attempts = l.attempt and o.taken_at is not null`;
const FAIL = `
  update insula.outbox set taken_at = null, last_error = $3,
    due_at = now() + $4 * interval '1 millisecond', dead_at = case when $5 then now() end
  where id = $1 and attempts = $2`;
const PUT_BACK = `
  update insula.outbox set taken_at = null, due_at = now(), attempts = attempts - 1 where id = $1 and attempts = $2`;
const BACKLOG = `
  select count(*) filter (where o.dead_at is null)::int as open, count(*) filter (where o.dead_at is not null)::int as dead,
    coalesce(extract(epoch from now() - min(o.enqueued_at) filter (where o.dead_at is null and t.status = 'active')), 0)::float
      as oldest
  from insula.outbox o join insula.tenant t on t.id = o.tenant`;

/** Opens the outbox for a worker. No connection is made yet. */
export function openQueue(options: QueueOptions): Queue {
  const { url, maxConnections, names, expected, lease } = options;
  const pool = new pg.Pool({
    connectionString: url,
    max: maxConnections,
    application_name: 'insula worker',
    connectionTimeoutMillis: 5_000,
    query_timeout: 10_000,
    keepAlive: true,
  });
  // An idle connection that breaks is replaced by the next one that is needed.
  pool.on('error', () => undefined);
  return {
    async take(most) {
      const values = [names, most, lease, expected.version, expected.hash];
      const { rows } = await pool.query<TakenRow>(TAKE, values);
      return rows.map(takenJob);
    },
    async renew(jobs) {
      await pool.query(RENEW, [jobs.map(({ id }) => id), jobs.map(({ attempt }) => attempt), lease]);
    },
    async remove({ id }) {
      await pool.query('delete from insula.outbox where id = $1', [id]);
    },
    async fail({ id, attempt }, why, pause) {
      const dead = pause === 'dead';
      await pool.query(FAIL, [id, attempt, why, dead ? 0 : pause, dead]);
    },
    async putBack({ id, attempt }) {
      await pool.query(PUT_BACK, [id, attempt]);
    },
    async isActive(tenant) {
      const active = `select from insula.tenant where id = $1 and status = 'active'`;
      return (await pool.query(active, [tenant])).rowCount === 1;
    },
    async enqueueDaily(job, day) {
      return (await pool.query(SCHEDULE, [job, day])).rowCount ?? 0;
    },
    async backlog() {
      const { rows } = await pool.query<Backlog>(BACKLOG);
      return rows[0] ?? { open: 0, dead: 0, oldest: 0 };
    },
    [Symbol.asyncDispose]: () => pool.end(),
  };
}

interface TakenRow extends Omit<TakenJob, 'tenant'>, Omit<Tenant, 'id' | 'migrationFailed' | 'limits'> {
  readonly tenant: string;
}

function takenJob(row: TakenRow): TakenJob {
  const { id, job, payload, attempt, tenant, slug, name, status, schemaVersion, schemaHash } = row;
  return {
    id,
    job,
    payload,
    attempt,
    // Limits are a gateway's: a job that was promised is done.
    tenant: { id: tenant, slug, name, status, schemaVersion, schemaHash, migrationFailed: false, limits: {} },
  };
}
