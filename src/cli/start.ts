import { Command } from 'commander';
import { readSettings } from '../config.ts';
import { announcement } from '../start/announcement.ts';
import { startDevelopment } from '../start/development.ts';
import { untilToldToStop } from '../start/shutdown.ts';
import { createLogger } from '../telemetry/logger.ts';
import type { Cli } from './cli.ts';
import { examples } from './output.ts';

export function startCommand({ environment, modules, output, messages }: Cli): Command {
  return new Command('start')
    .description('Run everything for development: database, migrations, demo tenants, gateway.')
    .addHelpText('after', examples('insula start', 'PORT=4001 insula start'))
    .action(async () => {
      const began = performance.now();
      const settings = readSettings(environment, 'development');
      const told = untilToldToStop();
      const development = await startDevelopment({
        settings,
        modules,
        logger: createLogger({ level: settings.INSULA_LOG_LEVEL }),
        onStep: (text) => messages.write(`${((performance.now() - began) / 1000).toFixed(1)} s  ${text}\n`),
      });
      output.write(announcement(development, { seconds: (performance.now() - began) / 1000 }));
      await told;
      messages.write('\nStopping: what was accepted is answered first.\n');
      await development[Symbol.asyncDispose]();
      messages.write('Stopped.\n');
    });
}
