import { createModules, paymentProviderOf } from '../modules/index.ts';
import { explain } from './errors.ts';
import { runCommandLine } from './index.ts';

/** Runs a command line of this process, with the reference domain. */
export async function run(words: readonly string[]): Promise<void> {
  try {
    await runCommandLine(createModules({ provider: await paymentProviderOf(process.env) }), words);
  } catch (error) {
    for (const line of explain(error).split('\n')) process.stderr.write(`insula: ${line}\n`);
    process.exitCode = 1;
  }
}
