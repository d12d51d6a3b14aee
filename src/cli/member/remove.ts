import { Command } from 'commander';
import { removeMember } from '../../fleet/members.ts';
import type { Cli } from '../cli.ts';
import { examples, report } from '../output.ts';
import { withOwner } from '../owner.ts';

export function memberRemoveCommand(cli: Cli): Command {
  return new Command('remove')
    .description('Take a membership away. It is felt within a second.')
    .argument('<tenant>', 'slug or id')
    .argument('<subject>', "the token's sub")
    .option('--json', 'print what was done as JSON')
    .addHelpText('after', examples('insula member remove acme jane@acme.example'))
    .action(async (tenant: string, subject: string, { json }: { json?: true }) => {
      const was = await withOwner(cli, (owner) => removeMember(owner, tenant, subject));
      report(
        cli,
        json,
        { tenant, subject, removed: was },
        `${subject} ${was ? 'is no longer a' : 'was no'} member of ${tenant}.`,
      );
    });
}
