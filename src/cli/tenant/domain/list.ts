import { Command } from 'commander';
import { showTenant } from '../../../fleet/tenants.ts';
import type { Cli } from '../../cli.ts';
import { examples, printJson } from '../../output.ts';
import { withOwner } from '../../owner.ts';

export function tenantDomainListCommand(cli: Cli): Command {
  return new Command('list')
    .description("List a tenant's own domains, a line for each.")
    .argument('<tenant>', 'slug or id')
    .option('--json', 'print them as JSON')
    .addHelpText('after', examples('insula tenant domain list acme'))
    .action(async (tenant: string, { json }: { json?: true }) => {
      const { domains } = await withOwner(cli, (owner) => showTenant(owner, tenant));
      if (json) return printJson(cli, domains);
      for (const domain of domains) cli.output.write(`${domain}\n`);
    });
}
