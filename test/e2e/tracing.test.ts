import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { begin, workingDirectory } from '../integration/cli/command.ts';

/** Below node_modules, where the file finds its packages as in an installation. */
const home = resolve('node_modules/.cache/insula-tracing');

test('[MC] the tracing.mjs of docs/operations.md sends spans to a collector', async () => {
  const [, snippet = ''] =
    /^```js\n(\/\/ tracing\.mjs\n[\s\S]*?)^```$/m.exec(readFileSync('docs/operations.md', 'utf8')) ?? [];
  mkdirSync(home, { recursive: true });
  onTestFinished(() => rmSync(home, { recursive: true }));
  const file = resolve(home, 'tracing.mjs');
  writeFileSync(file, snippet);

  let received = '';
  const collector = createServer((request, response) => {
    request.on('data', (chunk: Buffer) => {
      received += chunk.toString('latin1');
    });
    request.on('end', () => response.end('{}'));
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void collector.close());
  await expect.poll(() => collector.listening).toBe(true);
  const address = collector.address();
  const port = typeof address === 'object' ? address?.port : undefined;

  const gateway = begin(['start'], {
    cwd: workingDirectory(),
    env: {
      PORT: '0',
      INSULA_LOG_LEVEL: 'warn',
      NODE_OPTIONS: `--import ${file}`,
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
      OTEL_BSP_SCHEDULE_DELAY: '100',
    },
  });
  onTestFinished(async () => {
    gateway.signal('SIGTERM');
    await gateway.ended;
  });
  await gateway.until(/Ctrl-C/);
  const [, api] = /localhost:(\d+)\/graphql/.exec(gateway.stdout) ?? [];
  const reply = await fetch(`http://127.0.0.1:${api}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-request-id': 'a-traced-request' },
    body: '{"query":"{ viewer { roles } }"}',
  });
  expect(reply.status).toBe(401);
  await expect.poll(() => received, { timeout: 20_000 }).toContain('a-traced-request');
});
