import { Command } from 'commander';
import { readSettings } from '../config.ts';
import { install } from '../fleet/install.ts';
import { openDatabase } from '../start/open-database.ts';
import type { Cli } from './cli.ts';
import { examples, report } from './output.ts';

export function installCommand(cli: Cli): Command {
  return new Command('install')
    .description(
      'Make the logins and the catalog in the database of DATABASE_URL, and shut its doors. Can be repeated.',
    )
    .option('--json', 'print what was done as JSON')
    .addHelpText(
      'after',
      `\nThe user in DATABASE_URL must be a superuser. No other command needs one.\n${examples('DATABASE_URL=postgresql://postgres:secret@db.example/insula insula install')}`,
    )
    .action(async ({ json }: { json?: true }) => {
      await using database = await openDatabase(readSettings(cli.environment, 'development'), {
        create: true,
      });
      const { DATABASE_URL: adminUrl, INSULA_MASTER_KEY: masterKey } = database.config;
      await install({ adminUrl, masterKey });
      report(cli, json, { installed: true }, 'Installed.');
    });
}
