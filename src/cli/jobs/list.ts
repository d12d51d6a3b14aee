import { Command } from 'commander';
import { listJobs } from '../../jobs/listing.ts';
import type { Cli } from '../cli.ts';
import { examples, printJson, printTable } from '../output.ts';
import { withOwner } from '../owner.ts';

interface Options {
  readonly dead?: boolean;
  readonly json?: true;
}

/** The oldest come first, and they are what a person looks for. */
const MOST = 1_000;

export function jobsListCommand(cli: Cli): Command {
  return new Command('list')
    .description(`List the jobs that are not done, the oldest ${MOST} at the most; never what is in them.`)
    .option('--dead', 'only those that failed too often and wait for a person')
    .option('--json', 'print them as JSON')
    .addHelpText('after', examples('insula jobs list', 'insula jobs list --dead --json'))
    .action(async ({ dead = false, json }: Options) => {
      const jobs = await withOwner(cli, (owner) => listJobs(owner, { dead, most: MOST }));
      if (json) return printJson(cli, jobs);
      if (jobs.length === 0)
        return void cli.output.write(dead ? 'No job is dead.\n' : 'All jobs are done.\n');
      printTable(
        cli,
        jobs.map(({ id, tenant, job, state, attempts, dueAt, lastError }) => ({
          id,
          tenant,
          job,
          state,
          attempts,
          due: state === 'dead' ? '' : dueAt.toISOString(),
          'last error': lastError ?? '',
        })),
      );
    });
}
