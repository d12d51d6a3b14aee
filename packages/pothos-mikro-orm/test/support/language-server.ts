import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly result?: unknown;
}

interface Completions {
  readonly items: readonly { readonly label: string }[];
}

/** TypeScript as an editor uses it. */
export interface LanguageServer extends Disposable {
  /** What an editor offers at `|` in a file that isn't saved. */
  completionsAt(path: string, textWithCursor: string): Promise<readonly string[]>;
}

/** Starts the language server of the installed TypeScript for a project's folder. */
export async function startLanguageServer(folder: string): Promise<LanguageServer> {
  const manifest = createRequire(import.meta.url).resolve('typescript/package.json');
  const program = join(dirname(manifest), 'bin', 'tsc');
  const child = spawn(process.execPath, [program, '--lsp', '--stdio'], { stdio: ['pipe', 'pipe', 'ignore'] });
  const answers = new Map<number, (result: unknown) => void>();
  let last = 0;

  const send = (message: object) => {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    child.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  };
  const request = (method: string, params: object): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const id = ++last;
      answers.set(id, resolve);
      child.once('error', reject);
      child.once('exit', () => reject(new Error('The language server ended.')));
      send({ id, method, params });
    });
  child.stdout.on(
    'data',
    framesOf((message) => {
      // What the server asks of the editor: nothing of it matters here, but it waits for an answer.
      if (message.method !== undefined && message.id !== undefined) send({ id: message.id, result: null });
      else if (message.id !== undefined) answers.get(message.id)?.(message.result);
    }),
  );

  const rootUri = pathToFileURL(folder).href;
  await request('initialize', { processId: process.pid, rootUri, capabilities: {} });
  send({ method: 'initialized', params: {} });
  return {
    async completionsAt(path, textWithCursor) {
      const [before = '', after = ''] = textWithCursor.split('|');
      const uri = pathToFileURL(path).href;
      const document = { uri, languageId: 'typescript', version: 1, text: before + after };
      send({ method: 'textDocument/didOpen', params: { textDocument: document } });
      const lines = before.split('\n');
      const position = { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
      const result = await request('textDocument/completion', { textDocument: { uri }, position });
      send({ method: 'textDocument/didClose', params: { textDocument: { uri } } });
      const { items } = Array.isArray(result) ? { items: result } : (result as Completions);
      return items.map(({ label }) => label);
    },
    [Symbol.dispose]: () => void child.kill(),
  };
}

/** Takes the server's output apart: a header with the body's length, then the body. */
function framesOf(take: (message: Message) => void): (chunk: Buffer) => void {
  let rest = Buffer.alloc(0);
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      const end = rest.indexOf('\r\n\r\n');
      if (end < 0) return;
      const length = Number(/Content-Length: (\d+)/.exec(rest.subarray(0, end).toString())?.[1]);
      if (rest.length < end + 4 + length) return;
      take(JSON.parse(rest.subarray(end + 4, end + 4 + length).toString()));
      rest = rest.subarray(end + 4 + length);
    }
  };
}
