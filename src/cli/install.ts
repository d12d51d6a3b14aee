import { Command } from 'commander';
import { readSettings } from '../config.ts';
import { install } from '../fleet/install.ts';
import { openDatabase } from '../start/open-database.ts';
import type { Cli } from './cli.ts';
import { examples } from './output.ts';

export function installCommand({ environment, messages }: Cli): Command {
  return new Command('install')
    .description(
      'Make the logins and the catalog in the database of DATABASE_URL, and shut its doors. Can be repeated.',
    )
    .addHelpText(
      'after',
      `\nThe user in DATABASE_URL must be a superuser. No other command needs one.\n${examples('DATABASE_URL=postgresql://postgres:secret@db.example/insula insula install')}`,
    )
    .action(async () => {
      await using database = await openDatabase(readSettings(environment, 'development'), { create: true });
      const { DATABASE_URL: adminUrl, INSULA_MASTER_KEY: masterKey } = database.config;
      await install({ adminUrl, masterKey });
      messages.write('Installed.\n');
    });
}
