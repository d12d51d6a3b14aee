import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { createLogger } from '../../../src/telemetry/logger.ts';

function capture(level?: string) {
  const lines: string[] = [];
  const logger = createLogger({
    stream: { write: (line) => void lines.push(line) },
    ...(level && { level }),
  });
  return { logger, lines };
}

test('[RL] credentials are not written, wherever they turn up', () => {
  const { logger, lines } = capture();
  const headers = { authorization: 'Bearer s3cret', cookie: 's3cret', accept: '*/*' };
  logger.info(
    { token: 's3cret', password: 's3cret', req: { headers }, connection: { password: 's3cret' }, headers },
    'x',
  );
  expect(lines.join()).not.toContain('s3cret');
  expect(lines.join()).toContain('[redacted]');
  expect(lines.join()).toContain('*/*');
});

test('[RL] an error is written whole, its cause too', () => {
  const { logger, lines } = capture();
  logger.error({ err: new Error('outer', { cause: new Error('inner') }) }, 'x');
  const { err } = JSON.parse(lines[0] ?? '');
  expect(err).toMatchObject({ type: 'Error', message: expect.stringContaining('inner') });
  expect(err.stack).toContain('logger.test.ts');
});

test('[RL] lines below the level are not written', () => {
  const { logger, lines } = capture('warn');
  logger.info('quiet');
  logger.warn('loud');
  expect(lines).toHaveLength(1);
});

test.each([
  ['ends', ''],
  ['is ended', 'process.exit(3)'],
  ['fails', `throw new Error('failed')`],
])('[RL] lines that were gathered are written when the process %s', (_how, ending) => {
  const module = JSON.stringify(new URL('../../../src/telemetry/logger.ts', import.meta.url));
  const program = `import { createLogger } from ${module}; createLogger().info('last words'); ${ending}`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    encoding: 'utf8',
  });
  expect(JSON.parse(stdout)).toMatchObject({ msg: 'last words' });
});
