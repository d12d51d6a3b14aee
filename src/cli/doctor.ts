import { Command } from 'commander';
import type pg from 'pg';
import { readSettings } from '../config.ts';
import { withClient } from '../database/client.ts';
import { examine, type Finding } from '../database/doctor.ts';
import { showTenant } from '../fleet/tenants.ts';
import { openDatabase } from '../start/open-database.ts';
import { type Cli, CommandFailed } from './cli.ts';
import { examples, printJson } from './output.ts';

interface Options {
  readonly tenant?: string;
  readonly json?: true;
}

const NAME = 'insula doctor';

export function doctorCommand(cli: Cli): Command {
  return new Command('doctor')
    .description('Say of the database which doors between tenants are shut, open, or known to remain.')
    .option('--tenant <tenant>', 'ask what this tenant may do (slug or id), and look at no other')
    .option('--json', 'print the findings as JSON')
    .addHelpText(
      'after',
      `\nExits with 1 when a door is open. Nothing is tried, and nothing changes.\n${examples('insula doctor', 'DATABASE_URL=postgresql://postgres:secret@db.example/insula insula doctor --tenant acme')}`,
    )
    .action(async ({ tenant, json }: Options) => {
      const findings = await withAdministrator(cli, async (client) => {
        const id = tenant === undefined ? undefined : (await showTenant(client, tenant)).id;
        return examine(client, id === undefined ? {} : { tenant: id });
      });
      if (json) printJson(cli, findings);
      else report(cli, findings);
      if (findings.some(({ state }) => state === 'open')) throw new CommandFailed();
    });
}

/** Any database can be asked, also one that was never installed: with the login that DATABASE_URL names. */
async function withAdministrator<T>(
  { environment }: Cli,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const settings = readSettings(environment, 'development');
  if (settings.DATABASE_URL !== undefined)
    return withClient({ url: settings.DATABASE_URL, name: NAME }, work);
  await using database = await openDatabase(settings);
  return await withClient({ url: database.config.DATABASE_URL, name: NAME }, work);
}

function report({ output }: Cli, findings: readonly Finding[]): void {
  for (const { state, door, detail } of findings) output.write(`${state.padEnd(5)}  ${door}: ${detail}\n`);
  const count = (state: Finding['state']) => findings.filter((finding) => finding.state === state).length;
  output.write(`${count('shut')} shut, ${count('open')} open, ${count('known')} known to remain\n`);
}
