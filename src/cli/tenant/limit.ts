import { Command } from 'commander';
import { type LimitChanges, limitTenant } from '../../fleet/plans.ts';
import type { Cli } from '../cli.ts';
import { collectLimit, formatLimits, limitsHelp } from '../limits.ts';
import { examples, printJson } from '../output.ts';
import { withOwner } from '../owner.ts';

export function tenantLimitCommand(cli: Cli): Command {
  return new Command('limit')
    .description("Give a tenant limits of its own, which come before its plan's. Heeded within a second.")
    .argument('<tenant>', 'slug or id')
    .argument('<limits...>', "name=number, or name=none for the plan's again", collectLimit)
    .option('--json', 'print the tenant as JSON')
    .addHelpText(
      'after',
      `${limitsHelp}${examples('insula tenant limit acme operationsPerMinute=6000', 'insula tenant limit acme operationsPerMinute=none')}`,
    )
    .action(async (slugOrId: string, changes: LimitChanges, { json }: { json?: true }) => {
      const tenant = await withOwner(cli, (owner) => limitTenant(owner, slugOrId, changes));
      if (json) return printJson(cli, tenant);
      cli.messages.write(`${tenant.slug} has the limits ${formatLimits(tenant.limits)}.\n`);
    });
}
