import { Command } from 'commander';
import { readSettings } from '../config.ts';
import { openDatabase } from '../start/open-database.ts';
import { startServer } from '../start/server.ts';
import { untilToldToStop } from '../start/shutdown.ts';
import { createLogger } from '../telemetry/logger.ts';
import type { Cli } from './cli.ts';
import { examples, settingsHelp } from './output.ts';

export function serveCommand({ environment, modules }: Cli): Command {
  return new Command('serve')
    .description(
      'Run the gateway alone, for production. It needs DATABASE_URL, INSULA_MASTER_KEY and INSULA_ISSUERS.',
    )
    .addHelpText('after', () => settingsHelp())
    .addHelpText('after', examples('insula serve', 'PORT=8080 INSULA_LOG_LEVEL=warn insula serve'))
    .action(async () => {
      const settings = readSettings(environment, 'production');
      const logger = createLogger({ level: settings.INSULA_LOG_LEVEL });
      const told = untilToldToStop();
      await using database = await openDatabase(settings);
      await using server = await startServer({ config: database.config, modules, logger });
      logger.info({ port: server.port }, 'listening');
      await told;
      logger.info('stopping');
    });
}
