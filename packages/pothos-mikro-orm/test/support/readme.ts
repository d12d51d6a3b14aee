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

/** The README's questions, each with the answer that it promises. */
const conversation = () =>
  [...readme.matchAll(/^```graphql\n([\s\S]*?)^```[\s\S]*?^```json\n([\s\S]*?)^```/gm)].map(
    ([, query = '', json = '']) => ({ query, promised: JSON.parse(json) }),
  );

/** Starts the README's server, asks its questions, and gives the answers beside those that the README promises. */
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
    const answers: unknown[] = [];
    for (const { query } of conversation()) {
      const headers = { 'content-type': 'application/json' };
      const reply = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query }) });
      answers.push(await reply.json());
    }
    return { answers, promised: conversation().map(({ promised }) => promised) };
  } finally {
    child.kill();
  }
}
