import { Command } from 'commander';
import { listMembers } from '../../fleet/members.ts';
import type { Cli } from '../cli.ts';
import { examples, printJson, printTable } from '../output.ts';
import { withOwner } from '../owner.ts';

export function memberListCommand(cli: Cli): Command {
  return new Command('list')
    .description('List the members of a tenant.')
    .argument('<tenant>', 'slug or id')
    .option('--json', 'print them as JSON')
    .addHelpText('after', examples('insula member list acme'))
    .action(async (tenant: string, { json }: { json?: true }) => {
      const members = await withOwner(cli, (owner) => listMembers(owner, tenant));
      if (json) return printJson(cli, members);
      printTable(
        cli,
        members.map(({ subject, roles }) => ({ subject, roles: roles.join(', ') })),
      );
    });
}
