import { Command } from 'commander';
import { suspendTenant } from '../../fleet/tenants.ts';
import type { Cli } from '../cli.ts';
import { examples, report } from '../output.ts';
import { withOwner } from '../owner.ts';

export function tenantSuspendCommand(cli: Cli): Command {
  return new Command('suspend')
    .description('Refuse every request of a tenant from now on; its data stays.')
    .argument('<tenant>', 'slug or id')
    .option('--json', 'print the tenant as JSON')
    .addHelpText('after', examples('insula tenant suspend acme'))
    .action(async (slugOrId: string, { json }: { json?: true }) => {
      const tenant = await withOwner(cli, (owner) => suspendTenant(owner, slugOrId));
      report(cli, json, tenant, `${tenant.slug} is suspended.`);
    });
}
