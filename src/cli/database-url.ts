import { Command, Option } from 'commander';
import { ConfigError, readSettings } from '../config.ts';
import { LOGINS, type Login, loginUrl } from '../database/keys.ts';
import { openDatabase } from '../start/open-database.ts';
import type { Cli } from './cli.ts';
import { examples, printJson } from './output.ts';

export function databaseUrlCommand(cli: Cli): Command {
  return new Command('url')
    .description('Print the connection string of one of the logins. It is a secret.')
    .addOption(new Option('--login <login>', 'whose').choices(LOGINS).makeOptionMandatory())
    .option('--json', 'print it as JSON')
    .addHelpText('after', examples('psql "$(insula database url --login owner)"'))
    .action(async ({ login, json }: { login: Login; json?: true }) => {
      await using database = await openDatabase(readSettings(cli.environment, 'development'));
      // A server that runs for this command alone would be gone when its address is used.
      if (!database.running) throw new ConfigError('The embedded database does not run: run "insula start".');
      const { DATABASE_URL: url, INSULA_MASTER_KEY: masterKey } = database.config;
      const address = loginUrl(url, masterKey, login);
      if (json) printJson(cli, { login, url: address });
      else cli.output.write(`${address}\n`);
    });
}
