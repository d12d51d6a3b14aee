import { Command } from 'commander';
import { removePlan } from '../../fleet/plans.ts';
import type { Cli } from '../cli.ts';
import { examples, report } from '../output.ts';
import { withOwner } from '../owner.ts';

export function planRemoveCommand(cli: Cli): Command {
  return new Command('remove')
    .description('Take a plan away that no tenant has any more.')
    .argument('<name>', 'as "plan list" shows it')
    .option('--json', 'print what was done as JSON')
    .addHelpText('after', examples('insula plan remove starter'))
    .action(async (plan: string, { json }: { json?: true }) => {
      await withOwner(cli, (owner) => removePlan(owner, plan));
      report(cli, json, { plan, removed: true }, `The plan ${plan} is gone.`);
    });
}
