import { Command } from 'commander';
import { resumeTenant } from '../../fleet/tenants.ts';
import type { Cli } from '../cli.ts';
import { examples } from '../output.ts';
import { withOwner } from '../owner.ts';

export function tenantResumeCommand(cli: Cli): Command {
  return new Command('resume')
    .description('End the suspension of a tenant.')
    .argument('<tenant>', 'slug or id')
    .addHelpText('after', examples('insula tenant resume acme'))
    .action(async (tenant: string) => {
      const { slug } = await withOwner(cli, (owner) => resumeTenant(owner, tenant));
      cli.messages.write(`${slug} is active.\n`);
    });
}
