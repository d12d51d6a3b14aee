import { Command } from 'commander';
import { retryJob } from '../../jobs/listing.ts';
import type { Cli } from '../cli.ts';
import { examples, printJson } from '../output.ts';
import { withOwner } from '../owner.ts';

export function jobsRetryCommand(cli: Cli): Command {
  return new Command('retry')
    .description('Make a job due now: a dead letter, or one that waits after a failure.')
    .argument('<id>', 'as "jobs list" shows it')
    .option('--json', 'print what was done as JSON')
    .addHelpText('after', examples('insula jobs retry 42'))
    .action(async (id: string, { json }: { json?: true }) => {
      await withOwner(cli, (owner) => retryJob(owner, id));
      if (json) printJson(cli, { id, due: true });
      else cli.output.write(`Job ${id} is due.\n`);
    });
}
