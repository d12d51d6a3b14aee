import { Command } from 'commander';
import type { Executor } from '../../database/client.ts';
import { showTenant } from '../../fleet/tenants.ts';
import type { Cli } from '../cli.ts';
import { formatLimits } from '../limits.ts';
import { examples, printJson } from '../output.ts';
import { withOwner } from '../owner.ts';

export function tenantShowCommand(cli: Cli): Command {
  return new Command('show')
    .description('Show all that the catalog knows of a tenant.')
    .argument('<tenant>', 'slug or id')
    .option('--json', 'print it as JSON')
    .addHelpText('after', examples('insula tenant show acme'))
    .action((tenant: string, { json }: { json?: true }) =>
      withOwner(cli, (owner) => printTenant(cli, owner, tenant, json)),
    );
}

/** Prints a tenant, a line for each thing that is known of it. */
export async function printTenant(cli: Cli, owner: Executor, slugOrId: string, json?: true): Promise<void> {
  const tenant = await showTenant(owner, slugOrId);
  if (json) return printJson(cli, tenant);
  const { migrationError } = tenant;
  const lines = {
    id: tenant.id,
    slug: tenant.slug,
    name: tenant.name,
    status: tenant.status,
    schema: `version ${tenant.schemaVersion}`,
    ...(migrationError !== null && { 'failed migration': JSON.stringify(migrationError) }),
    plan: tenant.plan ?? 'none',
    limits: formatLimits(tenant.limits),
    domains: tenant.domains.join(', ') || 'none of its own',
    members: tenant.members,
    created: tenant.createdAt.toISOString(),
  };
  for (const [name, value] of Object.entries(lines)) cli.output.write(`${`${name}:`.padEnd(18)}${value}\n`);
}
