import { describe, expect, test } from 'vitest';
import { ConfigError, listSettings, readSettings } from '../../../src/config.ts';

const key = Buffer.alloc(32, 7);

function messageOf(
  environment: NodeJS.ProcessEnv,
  mode: 'development' | 'production' = 'development',
): string {
  try {
    readSettings(environment, mode);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('The settings were accepted.');
}

describe('[RI] settings', () => {
  test('[RI] development needs none', () => {
    expect(readSettings({}, 'development')).toMatchObject({
      mode: 'development',
      INSULA_DIRECTORY: '.insula',
    });
  });

  test('[RI] an empty variable is one that is not given', () => {
    expect(
      readSettings({ DATABASE_URL: '', INSULA_MASTER_KEY: '' }, 'development').DATABASE_URL,
    ).toBeUndefined();
  });

  test('[RI] the key is read as 32 bytes', () => {
    const { INSULA_MASTER_KEY } = readSettings({ INSULA_MASTER_KEY: key.toString('base64') }, 'development');
    expect(INSULA_MASTER_KEY).toEqual(key);
  });

  test.each([
    ['DATABASE_URL', 'mysql://localhost/x', /Not a PostgreSQL address\. The server and database/],
    ['INSULA_MASTER_KEY', 'not base64!', /Not base64\. 32 random bytes/],
    ['INSULA_MASTER_KEY', 'c2hvcnQ=', /Not 32 bytes long\. 32 random bytes/],
    ['INSULA_CATALOG_HEARTBEAT', 'often', /expected number.* Milliseconds/],
    ['INSULA_MASTERKEY', 'x', /There is no such setting/],
  ])(
    '[RI] %s="%s" is one line that names the setting and what it wants, without the value',
    (name, value, text) => {
      const message = messageOf({ [name]: value });
      expect(message).toMatch(new RegExp(`^${name}: `));
      expect(message).toMatch(text);
      expect(message).not.toContain('\n');
      if (value !== 'x') expect(message).not.toContain(value);
    },
  );

  test('[RI] all that is wrong is said at once', () => {
    const message = messageOf({ DATABASE_URL: 'x', INSULA_CATALOG_HEARTBEAT: 'x' });
    expect(message.split('\n')).toHaveLength(2);
  });

  test.each(['DATABASE_URL', 'INSULA_MASTER_KEY', 'INSULA_ISSUERS'])(
    '[SM] production refuses to start without %s',
    (name) => {
      expect(messageOf({}, 'production')).toMatch(new RegExp(`^${name}: Missing`, 'm'));
    },
  );

  test('[SM] an empty list of issuers is none', () => {
    const database = { DATABASE_URL: 'postgresql://localhost/x', INSULA_MASTER_KEY: key.toString('base64') };
    expect(messageOf({ ...database, INSULA_ISSUERS: '[]' }, 'production')).toMatch(
      /^INSULA_ISSUERS: Missing/,
    );
  });

  test.each([
    ['no JSON', /^INSULA_ISSUERS: Not JSON\. /],
    ['[{"issuer":"https://id.example","audience":"x"}]', /^INSULA_ISSUERS: At 0\.jwksUri: /],
  ])('[SM] issuers given as %s are refused with the place of the fault', (value, text) => {
    expect(messageOf({ INSULA_ISSUERS: value })).toMatch(text);
  });

  test('[RI] each setting describes itself', () => {
    expect(listSettings().filter(({ description }) => !description.endsWith('.'))).toEqual([]);
  });
});
