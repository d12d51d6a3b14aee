import { describe, expect, it } from 'vitest';
import { authenticationSettings } from '../../../src/authentication/settings.ts';

const issuer = {
  issuer: 'https://login.example/',
  audience: 'insula',
  jwksUri: 'https://login.example/.well-known/jwks.json',
};
const parse = (value: unknown) =>
  authenticationSettings.safeParse({
    INSULA_ISSUERS: typeof value === 'string' ? value : JSON.stringify(value),
  });

describe('INSULA_ISSUERS', () => {
  it('[AN] is nobody when nothing is set', () => {
    expect(authenticationSettings.parse({})).toEqual({ INSULA_ISSUERS: [] });
  });

  it.each([
    issuer,
    {
      ...issuer,
      audience: ['insula', 'other'],
      algorithms: ['ES256'],
      tenants: ['acme'],
      tenantClaim: 'org',
      clockTolerance: 0,
    },
    { ...issuer, jwksUri: 'http://localhost:8080/jwks' },
    { ...issuer, jwksUri: 'http://127.0.0.1:8080/jwks' },
    { ...issuer, jwksUri: 'http://issuer.localhost/jwks' },
  ])('[AN] accepts %j', (value) => {
    expect(parse([value]).data).toEqual({ INSULA_ISSUERS: [value] });
  });

  it.each([
    ['no JSON', '[{', [], 'Not JSON'],
    ['no array', issuer, [], 'expected array'],
    ['no audience', [{ ...issuer, audience: undefined }], [0, 'audience'], 'Invalid input'],
    ['an empty audience', [{ ...issuer, audience: '' }], [0, 'audience'], ''],
    [
      'keys without encryption',
      [issuer, { ...issuer, jwksUri: 'http://login.example/jwks' }],
      [1, 'jwksUri'],
      'https',
    ],
    ['keys from a file', [{ ...issuer, jwksUri: 'file:///etc/passwd' }], [0, 'jwksUri'], 'Invalid URL'],
    [
      'a loopback look-alike',
      [{ ...issuer, jwksUri: 'http://localhost.evil.example/' }],
      [0, 'jwksUri'],
      'https',
    ],
    ['a shared secret', [{ ...issuer, algorithms: ['HS256'] }], [0, 'algorithms', 0], 'Invalid option'],
    ['no signature', [{ ...issuer, algorithms: ['none'] }], [0, 'algorithms', 0], 'Invalid option'],
    ['no algorithm', [{ ...issuer, algorithms: [] }], [0, 'algorithms'], ''],
    ['a misspelt member', [{ ...issuer, tenant: ['acme'] }], [0], 'tenant'],
    ['a tolerance of a day', [{ ...issuer, clockTolerance: 86_400 }], [0, 'clockTolerance'], ''],
  ])('[AN] refuses %s, and says where', (_, value, path, message) => {
    const [issue] = parse(value).error?.issues ?? [];
    expect(issue?.path).toEqual(['INSULA_ISSUERS', ...path]);
    expect(issue?.message).toContain(message);
  });
});
