import { modules } from '../modules/index.ts';
import { runCommandLine } from './index.ts';

/** Runs a command line of this process, with the reference domain. */
export async function run(words: readonly string[]): Promise<void> {
  await runCommandLine(modules, words);
}
