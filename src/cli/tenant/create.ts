import { Command } from 'commander';
import { addMember } from '../../fleet/members.ts';
import { applyMigrations } from '../../fleet/migrate-tenant.ts';
import { readMigrations } from '../../fleet/migrations.ts';
import { createTenant } from '../../fleet/provision.ts';
import type { Cli } from '../cli.ts';
import { examples } from '../output.ts';
import { withOwner } from '../owner.ts';
import { printTenant } from './show.ts';

interface Options {
  readonly name?: string;
  readonly domain: readonly string[];
  readonly owner?: string;
  readonly json?: true;
}

export function tenantCreateCommand(cli: Cli): Command {
  return new Command('create')
    .description('Make a tenant, with its schema and its role. Leaves a tenant that exists as it is.')
    .argument('<slug>', 'the name in its address')
    .option('--name <name>', 'the name for people (default: the slug)')
    .option('--domain <domains...>', 'domains of its own', [])
    .option('--owner <subject>', 'its first member, with the role owner')
    .option('--json', 'print the tenant as JSON')
    .addHelpText(
      'after',
      examples('insula tenant create initech --name "Initech Inc." --owner peter@initech.example'),
    )
    .action(async (slug: string, { name = slug, domain: domains, owner, json }: Options) => {
      const plan = readMigrations(cli.modules);
      await withOwner(cli, async (pool, config) => {
        const client = await pool.connect();
        try {
          const { tenant, created } = await createTenant({
            client,
            slug,
            name,
            domains,
            masterKey: config.INSULA_MASTER_KEY,
            async applyMigrations(within, id) {
              await applyMigrations(within, id, plan);
              return plan;
            },
          });
          if (owner !== undefined) await addMember(client, tenant.id, owner, ['owner']);
          if (!created) cli.messages.write(`The tenant ${tenant.slug} is there already.\n`);
          await printTenant(cli, client, tenant.id, json);
        } finally {
          client.release();
        }
      });
    });
}
