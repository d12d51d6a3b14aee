import { Command } from 'commander';
import { addMember, assertSubject } from '../../fleet/members.ts';
import { readMigrations } from '../../fleet/migrations.ts';
import { createMigratedTenant } from '../../fleet/provision.ts';
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
      // Before the tenant is made: whoever mistypes its owner wants none without one.
      if (owner !== undefined) assertSubject(owner);
      const plan = readMigrations(cli.modules);
      await withOwner(cli, async (pool, { INSULA_MASTER_KEY: masterKey }) => {
        const wanted = { slug, name, domains, masterKey };
        const { tenant, created } = await createMigratedTenant(pool, plan, wanted);
        if (owner !== undefined) await addMember(pool, tenant.id, owner, ['owner']);
        if (!created) cli.messages.write(`The tenant ${tenant.slug} is there already.\n`);
        await printTenant(cli, pool, tenant.id, json);
      });
    });
}
