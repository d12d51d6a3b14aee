import { Command } from 'commander';
import { readSettings } from '../config.ts';
import { announcement } from '../start/announcement.ts';
import { startDevelopment } from '../start/development.ts';
import { untilToldToStop } from '../start/shutdown.ts';
import { createLogger } from '../telemetry/logger.ts';
import type { Cli } from './cli.ts';
import { examples, settingsHelp } from './output.ts';

export function startCommand({ environment, modules, output, messages }: Cli): Command {
  return new Command('start')
    .description('Run everything for development: database, migrations, demo tenants, gateway, worker.')
    .addHelpText('after', () => settingsHelp())
    .addHelpText('after', examples('insula start', 'PORT=4001 insula start'))
    .action(async () => {
      const began = performance.now();
      const settings = readSettings(environment, 'development');
      const byNpm = environment.npm_lifecycle_event !== undefined;
      const told = untilToldToStop({ withTerminal: true, withParent: byNpm });
      const development = await startDevelopment({
        settings,
        modules,
        logger: createLogger({ level: settings.INSULA_LOG_LEVEL }),
        workerCommand: workerBeside(process.pid),
        onStep: (text) => messages.write(`${((performance.now() - began) / 1000).toFixed(1)} s  ${text}\n`),
      });
      const seconds = (performance.now() - began) / 1000;
      output.write(announcement(development, { seconds, command: commandIn(environment) }));
      await told;
      messages.write('\nStopping: what was accepted is answered first.\n');
      await development[Symbol.asyncDispose]();
      messages.write('Stopped.\n');
    });
}

/** How this program is called to be a worker. */
function workerBeside(pid: number): readonly string[] {
  const { execPath, execArgv, argv } = process;
  return [execPath, ...execArgv, argv[1] ?? '', 'worker', '--beside', String(pid)];
}

/** npm says how it was called. */
function commandIn({ npm_lifecycle_event: event }: NodeJS.ProcessEnv): string {
  if (event === 'start') return 'npm run -s insula --';
  return event === 'npx' ? 'npx insula' : 'insula';
}
