import { createModules, paymentProviderOf } from '../modules/index.ts';
import { composeModules } from '../platform/index.ts';
import { explain } from './errors.ts';
import { execute } from './execute.ts';
import { outliveReader } from './output.ts';

/** Runs a command line of this process, with the reference domain. */
export async function run(words: readonly string[]): Promise<void> {
  outliveReader(process.stdout);
  outliveReader(process.stderr);
  try {
    const provider = await paymentProviderOf(process.env);
    process.exitCode = await execute(words, {
      modules: composeModules(createModules({ provider })),
      environment: process.env,
      output: process.stdout,
      messages: process.stderr,
    });
  } catch (error) {
    for (const line of explain(error).split('\n')) process.stderr.write(`insula: ${line}\n`);
    process.exitCode = 1;
  }
}
