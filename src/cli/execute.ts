import { type Command, CommanderError } from 'commander';
import { type Cli, CommandFailed } from './cli.ts';
import { explain } from './errors.ts';
import { createProgram } from './program.ts';

/**
 * Runs a command line. What goes wrong is a line of its messages (a line for each fault of the settings); with the log
 * level `debug` or `trace` the whole error follows.
 *
 * @returns the exit code
 */
export async function execute(words: readonly string[], cli: Cli): Promise<number> {
  const program = createProgram(cli).exitOverride();
  program.configureOutput({
    writeOut: (text) => cli.output.write(text),
    writeErr: (text) => cli.messages.write(text),
    outputError: (text, write) => write(text.replace(/^error: /, 'insula: ')),
  });
  inheritSettings(program);
  try {
    await program.parseAsync(words, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    if (error instanceof CommandFailed) return 1;
    for (const line of explain(error).split('\n')) cli.messages.write(`insula: ${line}\n`);
    const { INSULA_LOG_LEVEL: level = '' } = cli.environment;
    if (['debug', 'trace'].includes(level) && error instanceof Error) cli.messages.write(`${error.stack}\n`);
    return 1;
  }
}

/** A command that was made on its own does not know how its parent writes and ends. */
function inheritSettings(parent: Command): void {
  for (const command of parent.commands) inheritSettings(command.copyInheritedSettings(parent));
}
