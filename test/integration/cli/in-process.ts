import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { execute } from '../../../src/cli/execute.ts';
import type { Module } from '../../../src/module.ts';
import { modules as reference } from '../../../src/modules/index.ts';
import { composeModules } from '../../../src/platform/index.ts';

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface InProcessOptions {
  readonly environment?: NodeJS.ProcessEnv;
  readonly modules?: readonly Module[];
}

/** Runs `insula …` without a process of its own: what takes a second otherwise takes some milliseconds. */
export async function run(
  words: readonly string[],
  { environment = {}, modules = reference }: InProcessOptions = {},
): Promise<Outcome> {
  const [output, messages] = [new PassThrough(), new PassThrough()];
  const written = Promise.all([text(output), text(messages)]);
  const code = await execute(words, { modules: composeModules(modules), environment, output, messages });
  output.end();
  messages.end();
  const [stdout, stderr] = await written;
  return { code, stdout, stderr };
}
