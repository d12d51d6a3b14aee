import { execFile, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

/** Runs what a document tells people to type, as their shell would. @throws when it fails */
export async function shell(
  commands: string,
  env: NodeJS.ProcessEnv = {},
): Promise<{ stdout: string; stderr: string }> {
  const tools = mkdtempSync(join(tmpdir(), 'insula-shell-'));
  try {
    if (spawnSync('curl', ['--version']).error)
      cpSync(join(import.meta.dirname, 'curl.mjs'), join(tools, 'curl'));
    const path = [tools, join(process.cwd(), 'node_modules/.bin'), process.env.PATH].join(delimiter);
    return await promisify(execFile)('sh', ['-e', '-c', commands], {
      env: { ...process.env, ...env, PATH: path },
    });
  } finally {
    rmSync(tools, { recursive: true });
  }
}
