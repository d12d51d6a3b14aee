import { Command } from 'commander';
import { masterKeysIn } from '../../config.ts';
import { createMasterKeys } from '../../encryption/master-keys.ts';
import { rewrapTenantKeys } from '../../fleet/tenant-keys.ts';
import { type Cli, CommandFailed } from '../cli.ts';
import { examples, printJson } from '../output.ts';
import { withOwner } from '../owner.ts';

export function keyRewrapCommand(cli: Cli): Command {
  return new Command('rewrap')
    .description(
      "Wrap the tenants' keys under INSULA_MASTER_KEY, from INSULA_MASTER_KEY_PREVIOUS. Data stays as it is. Can be repeated.",
    )
    .option('--json', 'print what was done as JSON')
    .addHelpText(
      'after',
      `\nFirst run "insula install" with the new key, and restart the gateways with both.\n${examples('INSULA_MASTER_KEY=<new> INSULA_MASTER_KEY_PREVIOUS=<old> insula key rewrap')}`,
    )
    .action(async ({ json }: { json?: true }) => {
      const { rewrapped, failed } = await withOwner(cli, (owner, config) =>
        rewrapTenantKeys(owner, createMasterKeys(masterKeysIn(config))),
      );
      if (json) printJson(cli, { rewrapped, failed });
      else {
        for (const { message } of failed) cli.messages.write(`${message}\n`);
        cli.output.write(`${rewrapped} rewrapped, ${failed.length} failed.\n`);
      }
      if (failed.length > 0) throw new CommandFailed();
    });
}
