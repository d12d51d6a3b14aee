import { Command } from 'commander';
import { suspendTenant } from '../../fleet/tenants.ts';
import type { Cli } from '../cli.ts';
import { examples } from '../output.ts';
import { withOwner } from '../owner.ts';

export function tenantSuspendCommand(cli: Cli): Command {
  return new Command('suspend')
    .description('Refuse every request of a tenant from now on; its data stays.')
    .argument('<tenant>', 'slug or id')
    .addHelpText('after', examples('insula tenant suspend acme'))
    .action(async (tenant: string) => {
      const { slug } = await withOwner(cli, (owner) => suspendTenant(owner, tenant));
      cli.messages.write(`${slug} is suspended.\n`);
    });
}
