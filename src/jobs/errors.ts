import { defineErrors } from '../errors/define.ts';

/** What can be wrong with an order to the queue. */
export const jobProblems = defineErrors({
  JOB_NOT_FOUND: { status: 404, description: 'There is no such job: it never was, or it is done.' },
  JOB_RUNNING: { status: 409, description: 'A worker has the job; it can not be retried before that ends.' },
});
