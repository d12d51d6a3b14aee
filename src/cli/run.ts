import { modules } from '../modules/index.ts';
import { composeModules } from '../platform/index.ts';
import { CommandFailed } from './cli.ts';
import { explain } from './errors.ts';
import { createProgram } from './program.ts';

/** Runs a command line with the reference domain. An error is a line on stderr, and the exit code 1. */
export async function run(words: readonly string[]): Promise<void> {
  const program = createProgram({
    modules: composeModules(modules),
    environment: process.env,
    output: process.stdout,
    messages: process.stderr,
  });
  try {
    await program.parseAsync(words, { from: 'user' });
    process.exitCode ??= 0;
  } catch (error) {
    process.exitCode = 1;
    if (error instanceof CommandFailed) return;
    for (const line of explain(error).split('\n')) process.stderr.write(`insula: ${line}\n`);
    const level = process.env.INSULA_LOG_LEVEL;
    if (level === 'debug' || level === 'trace') console.error(error);
  }
}
