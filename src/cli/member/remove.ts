import { Command } from 'commander';
import { removeMember } from '../../fleet/members.ts';
import type { Cli } from '../cli.ts';
import { examples } from '../output.ts';
import { withOwner } from '../owner.ts';

export function memberRemoveCommand(cli: Cli): Command {
  return new Command('remove')
    .description('Take a membership away. It is felt within a second.')
    .argument('<tenant>', 'slug or id')
    .argument('<subject>', "the token's sub")
    .addHelpText('after', examples('insula member remove acme jane@acme.example'))
    .action(async (tenant: string, subject: string) => {
      const was = await withOwner(cli, (owner) => removeMember(owner, tenant, subject));
      cli.messages.write(`${subject} ${was ? 'is no longer a' : 'was no'} member of ${tenant}.\n`);
    });
}
