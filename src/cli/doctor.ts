import { Command } from 'commander';
import { examine, type Finding } from '../database/doctor.ts';
import { showTenant } from '../fleet/tenants.ts';
import { withAdministrator } from './administrator.ts';
import { type Cli, CommandFailed } from './cli.ts';
import { examples, printJson } from './output.ts';

interface Options {
  readonly tenant?: string;
  readonly json?: true;
}

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
      const findings = await withAdministrator(cli, 'insula doctor', async (client) => {
        const id = tenant === undefined ? undefined : (await showTenant(client, tenant)).id;
        return examine(client, id === undefined ? {} : { tenant: id });
      });
      if (json) printJson(cli, findings);
      else report(cli, findings);
      if (findings.some(({ state }) => state === 'open')) throw new CommandFailed();
    });
}

function report({ output }: Cli, findings: readonly Finding[]): void {
  for (const { state, door, detail } of findings) output.write(`${state.padEnd(5)}  ${door}: ${detail}\n`);
  const count = (state: Finding['state']) => findings.filter((finding) => finding.state === state).length;
  output.write(`${count('shut')} shut, ${count('open')} open, ${count('known')} known to remain\n`);
}
