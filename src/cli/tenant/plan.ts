import { Command } from 'commander';
import { ConfigError } from '../../config.ts';
import { assignPlan } from '../../fleet/plans.ts';
import type { Cli } from '../cli.ts';
import { formatLimits } from '../limits.ts';
import { examples, printJson } from '../output.ts';
import { withOwner } from '../owner.ts';

interface Options {
  readonly none?: true;
  readonly json?: true;
}

export function tenantPlanCommand(cli: Cli): Command {
  return new Command('plan')
    .description('Give a tenant a plan, or none. Running gateways heed it within a second.')
    .argument('<tenant>', 'slug or id')
    .argument('[plan]', 'as "plan list" shows it')
    .option('--none', 'take its plan away')
    .option('--json', 'print the tenant as JSON')
    .addHelpText('after', examples('insula tenant plan acme starter', 'insula tenant plan acme --none'))
    .action(async (slugOrId: string, plan: string | undefined, { none, json }: Options) => {
      if ((plan === undefined) !== (none === true)) throw new ConfigError('Name a plan, or say --none.');
      const tenant = await withOwner(cli, (owner) => assignPlan(owner, slugOrId, plan ?? null));
      if (json) return printJson(cli, tenant);
      const has = tenant.plan === null ? 'no plan' : `the plan ${tenant.plan}`;
      cli.messages.write(`${tenant.slug} has ${has}; limits: ${formatLimits(tenant.limits)}.\n`);
    });
}
