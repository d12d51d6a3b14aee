import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createDatabase, MASTER_KEY, type TestDatabase } from '../../support/database.ts';
import { begin, insula, workingDirectory } from '../cli/command.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.drop());

const issuer = { issuer: 'https://id.example', audience: 'insula', jwksUri: 'https://id.example/jwks' };

function production(): Record<string, string> {
  return {
    PORT: '0',
    INSULA_DRAIN_NOTICE: '0',
    // Nobody needs an administrator's password to serve.
    DATABASE_URL: database.url('gateway'),
    INSULA_MASTER_KEY: MASTER_KEY.toString('base64'),
    INSULA_ISSUERS: JSON.stringify([issuer]),
  };
}

describe('[RI] insula serve', () => {
  test('[RI] the gateway alone: it is ready, logs that it listens, and SIGTERM drains it', async () => {
    const server = begin(['serve'], { cwd: workingDirectory(), env: production() });
    onTestFinished(() => server.signal('SIGKILL'));
    const [, port] = await server.until(/"port":(\d+),"msg":"listening"/);
    expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200);
    expect((await fetch(`http://127.0.0.1:${port}/.well-known/jwks.json`)).status).toBe(404);
    server.signal('SIGTERM');
    expect(await server.ended).toBe(0);
    expect(server.stderr).toBe('');
  });

  test.each(['DATABASE_URL', 'INSULA_MASTER_KEY', 'INSULA_ISSUERS'])(
    '[SM] without %s it does not start, and says so in one line',
    async (name) => {
      const { [name]: _, ...env } = production();
      const { code, stderr } = await insula(['serve'], { cwd: workingDirectory(), env });
      expect([code, stderr]).toEqual([
        1,
        expect.stringMatching(new RegExp(`^insula: ${name}: Missing[^\\n]*\\n$`)),
      ]);
    },
  );

  test('[SM] with another key it does not start', async () => {
    const env = { ...production(), INSULA_MASTER_KEY: Buffer.alloc(32, 1).toString('base64') };
    const { code, stderr } = await insula(['serve'], { cwd: workingDirectory(), env });
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^insula: [^\n]*\n$/)]);
  });
});

test('[RI] insula start on the database of DATABASE_URL makes the demo tenants there', async () => {
  await using own = await createDatabase();
  const cwd = workingDirectory();
  const server = begin(['start'], {
    cwd,
    env: { PORT: '0', DATABASE_URL: own.adminUrl, INSULA_MASTER_KEY: MASTER_KEY.toString('base64') },
  });
  await server.until(/Ctrl-C/);
  expect(server.stderr).toContain('the database of DATABASE_URL is used');
  server.signal('SIGINT');
  expect(await server.ended).toBe(0);
});
