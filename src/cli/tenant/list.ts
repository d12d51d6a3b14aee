import { Command } from 'commander';
import { listTenants } from '../../fleet/tenants.ts';
import type { Cli } from '../cli.ts';
import { examples, printJson, printTable } from '../output.ts';
import { withOwner } from '../owner.ts';

export function tenantListCommand(cli: Cli): Command {
  return new Command('list')
    .description('List the tenants.')
    .option('--json', 'print them as JSON')
    .addHelpText('after', examples('insula tenant list', 'insula tenant list --json'))
    .action(async ({ json }: { json?: true }) => {
      const tenants = await withOwner(cli, listTenants);
      if (json) return printJson(cli, tenants);
      printTable(
        cli,
        tenants.map(({ slug, name, status, schemaVersion, migrationFailed, members, id }) => ({
          slug,
          name,
          status: migrationFailed ? `${status}, migration failed` : status,
          schema: schemaVersion,
          members,
          id,
        })),
      );
    });
}
