// Makes dist/: JavaScript, with the types and the way back to the sources.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const cwd = fileURLToPath(new URL('..', import.meta.url));

rmSync(new URL('../dist', import.meta.url), { recursive: true, force: true });
process.exitCode = spawnSync('tsc', ['-p', 'tsconfig.build.json'], { cwd, stdio: 'inherit' }).status ?? 1;
