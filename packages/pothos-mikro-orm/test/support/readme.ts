import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

/** The text of the first code block of a language. */
export const block = (language: string): string =>
  new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\``, 'm').exec(readme)?.[1] ?? '';

/** The files of the README's walk: blocks that begin with their name. */
export function writeFilesTo(folder: string): readonly string[] {
  mkdirSync(folder, { recursive: true });
  const files = [...readme.matchAll(/^```ts\n\/\/ (\S+\.ts)\n([\s\S]*?)^```/gm)];
  for (const [, name = '', text = ''] of files) writeFileSync(join(folder, name), text);
  return files.map(([, name = '']) => name);
}

/** Starts the README's server, asks its question, and gives the answer beside the one that the README promises. */
export async function runServer(folder: string, databaseUrl: string, flags: readonly string[] = []) {
  const env = { ...process.env, DATABASE_URL: databaseUrl, PORT: '0' };
  const child = spawn(process.execPath, ['--no-warnings', ...flags, 'server.ts'], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const url = await new Promise<string>((resolve, reject) => {
      let said = '';
      child.stdout.on('data', (chunk) => {
        said += chunk;
        const found = /^http\S+$/m.exec(said);
        if (found) resolve(found[0]);
      });
      child.once('exit', () => reject(new Error(`The server ended: ${said}`)));
    });
    const reply = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: block('graphql') }),
    });
    return { answer: await reply.json(), promised: promised(), url };
  } finally {
    child.kill();
  }
}

function promised(): unknown {
  const after = readme.slice(readme.indexOf('After one statement:'));
  return JSON.parse(/```json\n([\s\S]*?)```/.exec(after)?.[1] ?? '');
}
