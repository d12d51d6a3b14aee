// The whole product: `node insula.ts start`.
import { runCommandLine } from 'insula/cli';
import { projects } from './index.ts';

await runCommandLine([projects]);
