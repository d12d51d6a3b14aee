import { type ExecutionResult, GraphQLError } from 'graphql';
import type { Principal } from '../authorization/principal.ts';
import { untilAborted } from '../session/abort.ts';
import type { RequestContext } from '../session/context.ts';
import type { Job, ReadSession, WorkInside } from '../session/jobs.ts';
import type { OperationFacts, SessionReport, SessionRunner } from '../session/runner.ts';
import { type Mailer, outsideOf } from './mail/mailer.ts';
import type { TakenJob } from './queue.ts';

export interface PerformOptions {
  readonly jobs: ReadonlyMap<string, Job<unknown>>;
  readonly sessions: SessionRunner;
  /** Every permission that there is: a job works for the whole tenant. */
  readonly permissions: ReadonlySet<string>;
  readonly mailer: Mailer;
}

/** Runs one attempt at a job. @throws whatever it fails with; of its effects in the database nothing is kept then */
export type Perform = (taken: TakenJob, signal: AbortSignal, report: SessionReport) => Promise<void>;

/**
 * Runs jobs inside their tenants' sessions: first what goes out, with no transaction open, then what stays inside, in one
 * transaction with the note that the job is done. Where that note is there already, nothing happens again.
 */
export function createPerform({ jobs, sessions, permissions, mailer }: PerformOptions): Perform {
  return async (taken, signal, report) => {
    const job = jobs.get(taken.job);
    if (!job) throw new Error(`No module has the job "${taken.job}".`);
    const facts = factsOf(taken, permissions, signal);
    let work: WorkInside = (context) => job.run(context, taken.payload);
    if (job.deliver) {
      const { deliver } = job;
      const read = readingIn(sessions, facts, report);
      if (await read((context) => isDone(context, taken))) return;
      work = await untilAborted(signal, () => deliver(read, taken.payload, outsideOf(taken, mailer, signal)));
    }
    raise(
      await sessions.mutation(
        facts,
        async (context) => {
          if (await finish(context, taken)) await work(context);
          return { data: {} };
        },
        report,
      ),
    );
  };
}

function readingIn(sessions: SessionRunner, facts: OperationFacts, report: SessionReport): ReadSession {
  return async <Result>(work: (context: RequestContext) => Promise<Result>) => {
    const { promise, resolve } = Promise.withResolvers<Result>();
    const execute = async (context: RequestContext) => {
      resolve(await work(context));
      return { data: {} };
    };
    raise(await sessions.query(facts, execute, report));
    return promise;
  };
}

/** First in the transaction: somebody else who runs the same job waits here, and then has nothing to do. */
async function finish({ em }: RequestContext, { id }: TakenJob): Promise<boolean> {
  const [row] = await em.execute<{ first: boolean }[]>('select finish_job(?) as first', [id]);
  return row?.first === true;
}

async function isDone({ em }: RequestContext, { id }: TakenJob): Promise<boolean> {
  const [row] = await em.execute<{ done: boolean }[]>('select is_job_done(?) as done', [id]);
  return row?.done === true;
}

/** What GraphQL would put into a reply is thrown here, as it was thrown first. */
function raise({ errors = [] }: ExecutionResult): void {
  const [error] = errors;
  if (error) throw error instanceof GraphQLError ? (error.originalError ?? error) : error;
}

function factsOf(
  { id, job, tenant }: TakenJob,
  permissions: ReadonlySet<string>,
  signal: AbortSignal,
): OperationFacts {
  const subject = `job:${job}`;
  const principal: Principal = {
    subject,
    actor: subject,
    tenant: tenant.id,
    roles: [],
    permissions,
    may: () => true,
  };
  return {
    requestId: `job-${id}`,
    tenant,
    principal,
    membership: { tenant: tenant.id, subject, roles: [] },
    operationName: job,
    signal,
  };
}
