import { modules } from '../modules/index.ts';
import { composeModules } from '../platform/index.ts';
import { execute } from './execute.ts';
import { outliveReader } from './output.ts';

/** Runs a command line of this process, with the reference domain. */
export async function run(words: readonly string[]): Promise<void> {
  outliveReader(process.stdout);
  outliveReader(process.stderr);
  process.exitCode = await execute(words, {
    modules: composeModules(modules),
    environment: process.env,
    output: process.stdout,
    messages: process.stderr,
  });
}
