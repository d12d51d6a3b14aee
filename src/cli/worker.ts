import { Command, Option } from 'commander';
import { readSettings } from '../config.ts';
import { openDatabase } from '../start/open-database.ts';
import { untilToldToStop } from '../start/shutdown.ts';
import { runWorker } from '../start/worker.ts';
import { createLogger } from '../telemetry/logger.ts';
import type { Cli } from './cli.ts';
import { examples, settingsHelp } from './output.ts';

/** For `insula start`, whose worker it then is: in development, and ending with that process. */
const beside = new Option('--beside <pid>').argParser(Number).hideHelp();

export function workerCommand({ environment, modules }: Cli): Command {
  return new Command('worker')
    .description(
      'Run jobs, for production: mail, daily work. It needs DATABASE_URL, INSULA_MASTER_KEY and INSULA_SMTP_URL; several can run side by side.',
    )
    .addOption(beside)
    .addHelpText('after', () => settingsHelp())
    .addHelpText('after', examples('insula worker', 'INSULA_JOB_CONCURRENCY=20 insula worker'))
    .action(async ({ beside: parent }: { beside?: number }) => {
      const development = parent !== undefined;
      const settings = readSettings(environment, development ? 'development' : 'production', 'worker');
      const logger = createLogger({ level: settings.INSULA_LOG_LEVEL });
      const told = untilToldToStop(development ? { withTerminal: true, withParent: true, parent } : {});
      await using database = await openDatabase(settings);
      await using worker = await runWorker({ config: database.config, modules, logger });
      logger.info({ port: worker.port }, 'working');
      await told;
      logger.info('stopping the worker');
    });
}
