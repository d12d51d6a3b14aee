import type { Module } from '../module.ts';
import { composeModules } from '../platform/index.ts';
import { execute } from './execute.ts';
import { outliveReader } from './output.ts';

/**
 * Runs a command line of this process, `start` and `migrate` and all the others, for a product of these modules. The
 * process ends with the command's exit code.
 *
 * @param words what was typed after the program's name
 * @example
 * await runCommandLine([projects]); // in insula.ts: node insula.ts start
 */
export async function runCommandLine(
  modules: readonly Module[],
  words: readonly string[] = process.argv.slice(2),
): Promise<void> {
  outliveReader(process.stdout);
  outliveReader(process.stderr);
  process.exitCode = await execute(words, {
    modules: composeModules(modules),
    environment: process.env,
    output: process.stdout,
    messages: process.stderr,
  });
}
