import { Command } from 'commander';
import { resumeTenant } from '../../fleet/tenants.ts';
import type { Cli } from '../cli.ts';
import { examples, report } from '../output.ts';
import { withOwner } from '../owner.ts';

export function tenantResumeCommand(cli: Cli): Command {
  return new Command('resume')
    .description('End the suspension of a tenant.')
    .argument('<tenant>', 'slug or id')
    .option('--json', 'print the tenant as JSON')
    .addHelpText('after', examples('insula tenant resume acme'))
    .action(async (slugOrId: string, { json }: { json?: true }) => {
      const tenant = await withOwner(cli, (owner) => resumeTenant(owner, slugOrId));
      report(cli, json, tenant, `${tenant.slug} is active.`);
    });
}
