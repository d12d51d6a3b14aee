import { Command } from 'commander';
import { knownRoles } from '../../authorization/roles.ts';
import { ConfigError } from '../../config.ts';
import { addMember } from '../../fleet/members.ts';
import type { Cli } from '../cli.ts';
import { examples, report } from '../output.ts';
import { withOwner } from '../owner.ts';

export function memberAddCommand(cli: Cli): Command {
  return new Command('add')
    .description('Make somebody a member of a tenant, with these roles and no others.')
    .argument('<tenant>', 'slug or id')
    .argument('<subject>', "the token's sub")
    .requiredOption('--role <roles...>', 'one or more roles')
    .option('--json', 'print what was done as JSON')
    .addHelpText('after', examples('insula member add acme jane@acme.example --role accountant viewer'))
    .action(
      async (tenant: string, subject: string, { role: roles, json }: { role: string[]; json?: true }) => {
        assertKnown(cli, roles);
        const changed = await withOwner(cli, (owner) => addMember(owner, tenant, subject, roles));
        report(
          cli,
          json,
          { tenant, subject, roles, changed },
          `${subject} is a member of ${tenant}: ${roles.join(', ')}.${changed ? '' : ' Nothing changed.'}`,
        );
      },
    );
}

/** A role that no module mentions gives no permission: most likely it is misspelt. */
function assertKnown({ modules }: Cli, roles: readonly string[]): void {
  const known = knownRoles(modules);
  const unknown = roles.find((role) => !known.has(role));
  if (unknown !== undefined) {
    throw new ConfigError(`There is no role "${unknown}"; there are ${[...known].join(', ')}.`);
  }
}
