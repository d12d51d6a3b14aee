// Run as a process of its own, to be killed: `insula worker` with the modules of these tests.
import { execute } from '../../../src/cli/execute.ts';
import { composeModules } from '../../../src/platform/index.ts';
import { createEffects } from './effects.ts';

process.exitCode = await execute(['worker', '--beside', String(process.ppid)], {
  modules: composeModules(createEffects()),
  environment: process.env,
  output: process.stdout,
  messages: process.stderr,
});
