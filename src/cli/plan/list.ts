import { Command } from 'commander';
import { listPlans } from '../../fleet/plans.ts';
import type { Cli } from '../cli.ts';
import { formatLimits } from '../limits.ts';
import { examples, printJson, printTable } from '../output.ts';
import { withOwner } from '../owner.ts';

export function planListCommand(cli: Cli): Command {
  return new Command('list')
    .description('List the plans, with their limits and how many tenants have them.')
    .option('--json', 'print them as JSON')
    .addHelpText('after', examples('insula plan list'))
    .action(async ({ json }: { json?: true }) => {
      const plans = await withOwner(cli, listPlans);
      if (json) return printJson(cli, plans);
      if (plans.length === 0) return void cli.output.write('There are no plans.\n');
      printTable(
        cli,
        plans.map(({ name, limits, tenants }) => ({ name, tenants, limits: formatLimits(limits) })),
      );
    });
}
