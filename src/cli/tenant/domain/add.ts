import { Command } from 'commander';
import { addDomain } from '../../../fleet/domains.ts';
import type { Cli } from '../../cli.ts';
import { examples, report } from '../../output.ts';
import { withOwner } from '../../owner.ts';

export function tenantDomainAddCommand(cli: Cli): Command {
  return new Command('add')
    .description(
      'Give a tenant a domain of its own. Point its DNS at the gateway; requests are served within a second.',
    )
    .argument('<tenant>', 'slug or id')
    .argument('<domain>', 'a full name in lower case')
    .option('--json', 'print what was done as JSON')
    .addHelpText('after', examples('insula tenant domain add acme billing.acme.example'))
    .action(async (tenant: string, domain: string, { json }: { json?: true }) => {
      const done = await withOwner(cli, (owner) => addDomain(owner, tenant, domain));
      report(
        cli,
        json,
        { tenant, domain, added: done },
        `${domain} ${done ? 'leads' : 'led already'} to ${tenant}.`,
      );
    });
}
