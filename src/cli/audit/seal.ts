import { Command } from 'commander';
import { appendAnchor } from '../../audit/sealing/anchors.ts';
import { sealTenants } from '../../audit/sealing/seal-tenants.ts';
import { sealingKey } from '../../audit/settings.ts';
import { type Cli, CommandFailed } from '../cli.ts';
import { examples } from '../output.ts';
import { withOwner } from '../owner.ts';

export function auditSealCommand(cli: Cli): Command {
  return new Command('seal')
    .description('Seal the audit trails of all tenants, as far as everything in them is decided.')
    .option('--anchors <file>', 'add each seal to this file (default: the one of INSULA_SEAL_ANCHORS)')
    .option('--json', 'print each new seal as a line of JSON')
    .addHelpText(
      'after',
      `\nPrints a line for each new seal: tenant, number, head. Kept outside the database, they show a cut trail.\n${examples('insula audit seal', 'insula audit seal --anchors /mnt/worm/seals.jsonl')}`,
    )
    .action(({ anchors, json }: { anchors?: string; json?: true }) =>
      withOwner(cli, async (owner, config) => {
        const file = anchors ?? config.INSULA_SEAL_ANCHORS;
        let sealed = 0;
        const { failed } = await sealTenants({
          pool: owner,
          key: sealingKey(config),
          onSeal(anchor) {
            sealed++;
            if (file !== undefined) appendAnchor(file, anchor);
            cli.output.write(
              json ? `${JSON.stringify(anchor)}\n` : `${anchor.tenant} ${anchor.seq} ${anchor.head}\n`,
            );
          },
        });
        if (sealed + failed.length === 0) cli.messages.write('Nothing new to seal.\n');
        for (const { tenant, message } of failed) cli.messages.write(`${tenant}: ${message}\n`);
        if (failed.length > 0) throw new CommandFailed();
      }),
    );
}
