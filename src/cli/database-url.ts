import { Command, Option } from 'commander';
import { ConfigError, readSettings } from '../config.ts';
import { LOGINS, type Login, loginUrl } from '../database/keys.ts';
import { openDatabase } from '../start/open-database.ts';
import type { Cli } from './cli.ts';
import { examples } from './output.ts';

export function databaseUrlCommand({ environment, output }: Cli): Command {
  return new Command('url')
    .description('Print the connection string of one of the logins. It is a secret.')
    .addOption(new Option('--login <login>', 'whose').choices(LOGINS).makeOptionMandatory())
    .addHelpText('after', examples('psql "$(insula database url --login owner)"'))
    .action(async ({ login }: { login: Login }) => {
      await using database = await openDatabase(readSettings(environment, 'development'));
      // A server that runs for this command alone would be gone when its address is used.
      if (!database.running) throw new ConfigError('The embedded database does not run: run "insula start".');
      const { DATABASE_URL: url, INSULA_MASTER_KEY: masterKey } = database.config;
      output.write(`${loginUrl(url, masterKey, login)}\n`);
    });
}
