import { Command } from 'commander';
import { removeDomain } from '../../../fleet/domains.ts';
import type { Cli } from '../../cli.ts';
import { examples, report } from '../../output.ts';
import { withOwner } from '../../owner.ts';

export function tenantDomainRemoveCommand(cli: Cli): Command {
  return new Command('remove')
    .description('Take a domain away from a tenant. Requests under it are refused within a second.')
    .argument('<tenant>', 'slug or id')
    .argument('<domain>', 'a full name in lower case')
    .option('--json', 'print what was done as JSON')
    .addHelpText('after', examples('insula tenant domain remove acme billing.acme.example'))
    .action(async (tenant: string, domain: string, { json }: { json?: true }) => {
      const done = await withOwner(cli, (owner) => removeDomain(owner, tenant, domain));
      report(
        cli,
        json,
        { tenant, domain, removed: done },
        `${domain} ${done ? 'no longer leads' : 'did not lead'} to ${tenant}.`,
      );
    });
}
