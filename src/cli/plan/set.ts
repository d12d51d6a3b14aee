import { Command } from 'commander';
import { type LimitChanges, setPlan } from '../../fleet/plans.ts';
import type { Cli } from '../cli.ts';
import { collectLimit, formatLimits, limitsHelp } from '../limits.ts';
import { examples, printJson } from '../output.ts';
import { withOwner } from '../owner.ts';

export function planSetCommand(cli: Cli): Command {
  return new Command('set')
    .description('Make a plan, or change limits of one. Running gateways heed it within a second.')
    .argument('<name>', 'such as "starter"')
    .argument('<limits...>', 'name=number, or name=none to take a limit away', collectLimit)
    .option('--json', 'print the plan as JSON')
    .addHelpText(
      'after',
      `${limitsHelp}${examples('insula plan set starter operationsPerMinute=600 concurrentOperations=4')}`,
    )
    .action(async (name: string, changes: LimitChanges, { json }: { json?: true }) => {
      const plan = await withOwner(cli, (owner) => setPlan(owner, name, changes));
      if (json) return printJson(cli, plan);
      cli.messages.write(`The plan ${plan.name} has the limits ${formatLimits(plan.limits)}.\n`);
    });
}
